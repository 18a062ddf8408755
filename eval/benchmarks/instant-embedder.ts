import { createHash } from "node:crypto";
import type { Embedder } from "../../infra/models/port.ts";

/** Vectors at once and without a model: the same for the same text, of unit length. `onTexts` is told of every call. */
export function instantEmbedder(dimensions = 384, onTexts: (texts: readonly string[]) => void = () => {}): Embedder {
  return {
    id: `instant-${dimensions}`,
    dimensions,
    embed: (texts) => {
      onTexts(texts);
      return Promise.resolve(texts.map((text) => vectorOf(text, dimensions)));
    },
    close: () => Promise.resolve(),
  };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const digest = createHash("sha256").update(text).digest();
  const vector = new Float32Array(dimensions);
  for (let each = 0; each < 8; each += 1)
    vector[digest.readUInt16LE(each * 2) % dimensions] = 1 + (digest[16 + each] ?? 0);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
