import type { Embedder } from "./port.ts";

/** The embedder for those who would rather have the space: nothing of its tokens is kept or compared. */
export function withoutTokens(embedder: Embedder): Embedder {
  return {
    id: embedder.id,
    dimensions: embedder.dimensions,
    embed: (...asked) => embedder.embed(...asked),
    close: () => embedder.close(),
  };
}
