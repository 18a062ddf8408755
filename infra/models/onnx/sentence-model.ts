/** Files and rules of a model that turns texts into vectors. Travels to threads as it is. */
export interface SentenceModel {
  /** See `Embedder.id`. */
  readonly id: string;
  readonly modelPath: string;
  /** `tokenizer.json` as the Hugging Face library reads it. */
  readonly tokenizerPath: string;
  /** What becomes of the vectors of the tokens; nothing, where the model gives one vector a text itself. */
  readonly pooling: "mean" | "first" | "last";
  /** Whether its tokens are words and pieces of words that `token-words.ts` understands: what they mean may be compared one by one. */
  readonly tellsTokens: boolean;
  /** The window, markers included. Longer texts are cut. */
  readonly maximumTokens: number;
  /** What the model was trained to see before questions and before the texts that answer them. */
  readonly prefixes: { readonly question: string; readonly text: string };
}
