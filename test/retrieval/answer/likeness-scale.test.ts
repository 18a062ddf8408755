import { describe, expect, it } from "vitest";
import type { Embedder } from "../../../infra/models/port.ts";
import { likenessScale } from "../../../retrieval/answer/likeness-scale.ts";

const PAIRS = 16;

/** Vectors of which the first half of the pairs has one cosine and the second half another. */
function embedderOf(same: number, unrelated: number): Embedder & { calls: number } {
  const embedder = {
    id: "scripted",
    dimensions: 2,
    calls: 0,
    embed: async (texts: readonly string[]) => {
      embedder.calls += 1;
      expect(texts).toHaveLength(2 * PAIRS);
      return texts.map((_, at) => {
        if (at % 2 === 0) return Float32Array.of(1, 0);
        const cosine = at < PAIRS ? same : unrelated;
        return Float32Array.of(cosine, Math.sqrt(1 - cosine * cosine));
      });
    },
    close: async () => {},
  };
  return embedder;
}

describe("the scale of an embedder's cosines", () => {
  it("is the one that it states", async () => {
    const embedder = { ...embedderOf(1, 0), likeness: { unrelated: 0.2, same: 0.6 } };
    expect(await likenessScale(embedder)).toEqual({ unrelated: 0.2, same: 0.6 });
  });

  it("is MiniLM's where its cosines are MiniLM's", async () => {
    const { unrelated, same } = await likenessScale(embedderOf(0.5622, 0.1514));
    expect(unrelated).toBeCloseTo(0.15, 3);
    expect(same).toBeCloseTo(0.75, 3);
  });

  it("moves with a model whose cosines never come below .7: what is unrelated stays unrelated", async () => {
    const { unrelated, same } = await likenessScale(embedderOf(0.86, 0.74));
    expect(unrelated).toBeCloseTo(0.74, 2);
    expect(same).toBeGreaterThan(0.9);
    expect(same).toBeLessThan(0.93);
  });

  it("finds nothing alike where a model cannot tell: words alone have to", async () => {
    expect(await likenessScale(embedderOf(0.9, 0.9))).toEqual({ unrelated: 1, same: 2 });
  });

  it("is measured once", async () => {
    const embedder = embedderOf(0.86, 0.74);
    await Promise.all([likenessScale(embedder), likenessScale(embedder)]);
    await likenessScale(embedder);
    expect(embedder.calls).toBe(1);
  });
});
