import type { Embedder } from "./port.ts";

/** The embedder without what its tokens mean: nothing of them is kept or compared. */
export function withoutTokens(embedder: Embedder): Embedder {
  return {
    id: embedder.id,
    dimensions: embedder.dimensions,
    ...(embedder.likeness === undefined ? {} : { likeness: embedder.likeness }),
    embed: (...asked) => embedder.embed(...asked),
    close: () => embedder.close(),
  };
}
