import { setTimeout as wait } from "node:timers/promises";
import { cancelled } from "../../infra/models/cancelled.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { Embedder } from "../../infra/models/port.ts";

export interface BagOfWordsEmbedder extends Embedder {
  /** Every text that was embedded, in order. */
  readonly seen: string[];
  /** While true, every call fails as a model that is not there. */
  down: boolean;
}

/** Texts that share words are close, without a model: each word adds one to the dimension that its hash names. `delayMs` a call. */
export function bagOfWordsEmbedder(dimensions = 64, delayMs = 0): BagOfWordsEmbedder {
  const embedder: BagOfWordsEmbedder = {
    id: `bag-of-words-${dimensions}`,
    dimensions,
    likeness: { unrelated: 0.15, same: 0.75 },
    seen: [],
    down: false,
    embed: async (texts, signal) => {
      if (delayMs > 0) await wait(delayMs);
      if (signal?.aborted === true) throw cancelled(signal);
      if (embedder.down) throw new GroundworkError("model-unavailable", "The embedder is down.", { retryable: true });
      embedder.seen.push(...texts);
      return texts.map((text) => bagOfWords(text, dimensions));
    },
    close: () => Promise.resolve(),
  };
  return embedder;
}

function bagOfWords(text: string, dimensions: number): Float32Array {
  const counts = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["nothing"]) {
    const at = hash(word) % dimensions;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const length = Math.hypot(...counts);
  return counts.map((count) => count / length);
}

function hash(word: string): number {
  let value = 0x811c9dc5;
  for (const character of word) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
