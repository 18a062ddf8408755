import { LRUCache } from "lru-cache";
import type { EmbeddedQuestion, Embedder, TextUse } from "./port.ts";

/** About 2 KB for each entry of 384 dimensions. */
const DEFAULT_MAXIMUM_ENTRIES = 1_000;
/** Longer texts and longer calls are ingestion: it passes by and does not push questions out. */
const MAXIMUM_QUESTION_CHARACTERS = 500;
const MAXIMUM_QUESTION_TEXTS = 4;

/** Of questions with their tokens: about 30 KB for one of twenty words, 2 KB a token. */
const MAXIMUM_TOKENS_BYTES = 16_000_000;
const TOKEN_BYTES = 2_000;

/**
 * Remembers the vectors of recent questions by their exact text and what it was embedded as, in memory. Equal texts of one call are embedded once.
 * Closing it forgets them and closes the embedder inside.
 */
export function cachedEmbedder(
  embedder: Embedder,
  { maximumEntries = DEFAULT_MAXIMUM_ENTRIES }: { readonly maximumEntries?: number } = {},
): Embedder {
  const recent = new LRUCache<string, Float32Array>({ max: maximumEntries });
  const questions = new LRUCache<string, EmbeddedQuestion>({
    maxSize: MAXIMUM_TOKENS_BYTES,
    sizeCalculation: ({ tokens }) => TOKEN_BYTES * (tokens.length + 1),
  });
  return {
    id: embedder.id,
    dimensions: embedder.dimensions,
    ...(embedder.likeness === undefined ? {} : { likeness: embedder.likeness }),
    async embed(texts, signal, use = "text") {
      const isQuestion = texts.length <= MAXIMUM_QUESTION_TEXTS;
      const known = new Map<string, Float32Array>();
      for (const text of texts) {
        const vector = signal?.aborted ? undefined : recent.get(keyOf(text, use));
        if (vector !== undefined) known.set(text, vector);
      }
      const missing = [...new Set(texts)].filter((text) => !known.has(text));
      const vectors = missing.length === 0 ? [] : await embedder.embed(missing, signal, use);
      for (const [position, text] of missing.entries()) {
        const vector = vectors[position];
        if (vector === undefined) continue;
        known.set(text, vector);
        if (isQuestion && text.length <= MAXIMUM_QUESTION_CHARACTERS) recent.set(keyOf(text, use), vector);
      }
      // Copies: a caller that changes its vector must not change the next caller's.
      return texts.map((text) => new Float32Array(known.get(text) ?? []));
    },
    ...(embedder.embedWithTokens === undefined
      ? {}
      : { embedWithTokens: (texts, signal) => embedder.embedWithTokens?.(texts, signal) ?? Promise.resolve([]) }),
    ...(embedder.embedQuestion === undefined
      ? {}
      : { embedQuestion: remembered(embedder.embedQuestion.bind(embedder), questions) }),
    async close() {
      recent.clear();
      questions.clear();
      await embedder.close();
    },
  };
}

function keyOf(text: string, use: TextUse): string {
  return `${use}:${text}`;
}

/** Nobody changes a question with its tokens, so that it is handed out as it is. */
function remembered(
  embedQuestion: NonNullable<Embedder["embedQuestion"]>,
  recent: LRUCache<string, EmbeddedQuestion>,
): NonNullable<Embedder["embedQuestion"]> {
  return async (question, signal) => {
    const known = signal?.aborted ? undefined : recent.get(question);
    const embedded = known ?? (await embedQuestion(question, signal));
    if (question.length <= MAXIMUM_QUESTION_CHARACTERS) recent.set(question, embedded);
    return embedded;
  };
}
