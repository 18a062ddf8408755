/** What a text is embedded as: models may be trained to see before questions something else than before the texts that answer them. */
export type TextUse = "question" | "text";

/** Cosines at which two texts have nothing, and everything, to do with each other: models differ in where theirs lie. */
export interface LikenessScale {
  readonly unrelated: number;
  readonly same: number;
}

/** Turns texts into vectors of unit length. Order is kept. An implementation bounds its own concurrency. */
export interface Embedder {
  /** Names model, revision and pooling: vectors of different ids are never compared. */
  readonly id: string;
  readonly dimensions: number;
  /** Absent: not known. */
  readonly likeness?: LikenessScale;
  /** Texts beyond the model's window are cut. As `text` unless stated. Errors: `model-unavailable`, `model-answer` (vectors missing or of a wrong length), `cancelled`. */
  embed(texts: readonly string[], signal?: AbortSignal, use?: TextUse): Promise<readonly Float32Array[]>;
  /** As `embed`; of the same pass also what the texts' tokens mean. Absent: the model's tokens cannot be had. */
  embedWithTokens?(texts: readonly string[], signal?: AbortSignal): Promise<readonly EmbeddedText[]>;
  /** A question as a vector and, of the same pass, what each of its tokens means in it. Absent as above. Errors as `embed`. */
  embedQuestion?(question: string, signal?: AbortSignal): Promise<EmbeddedQuestion>;
  close(): Promise<void>;
}

export interface EmbeddedText {
  readonly vector: Float32Array;
  /** The signs of its tokens' vectors (`packSigns`), markers, punctuation and stop words left out. */
  readonly tokens: Uint8Array;
}

export interface EmbeddedQuestion {
  readonly vector: Float32Array;
  /** In their order; markers, punctuation and stop words are left out. */
  readonly tokens: readonly QuestionToken[];
}

export interface QuestionToken {
  /** The word that the token is, or is a piece of. */
  readonly word: string;
  /** Of unit length. */
  readonly values: Float32Array;
}

/** Judges how well texts answer a question, by reading both together. */
export interface Reranker {
  readonly id: string;
  /**
   * One score for each text, in their order, 0 to 1. Texts leave this process: callers send only what the asker may read.
   * Errors: `model-unavailable`, `model-answer` (scores missing, doubled or no numbers), `cancelled`.
   */
  rerank(question: string, texts: readonly string[], signal?: AbortSignal): Promise<readonly number[]>;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A language model that writes text. It promises nothing about truth: callers check what it cites. */
export interface LanguageModel {
  readonly id: string;
  /** Yields pieces of the completion as they arrive. Errors: `model-unavailable` (retryable), `model-answer`, `cancelled`. */
  complete(messages: readonly ChatMessage[], signal?: AbortSignal): AsyncIterable<string>;
}
