import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packSigns } from "../../infra/models/token-bits.ts";
import { withLikenessEvidence } from "../../retrieval/likeness-evidence.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const DIMENSIONS = 8;
const options = { among: 300, nearest: 1, weight: 0.5 };
const UP = [1, 1, 1, 1, 1, 1, 1, 1];
const MIXED = [1, -1, 1, -1, 1, -1, 1, -1];
const signs = (...tokens: number[][]) => packSigns(Float32Array.from(tokens.flat()), DIMENSIONS);

describe("evidence from hits that are alike", () => {
  it("raises the hit that means much the same as the best one", () => {
    const hits = hitsOf(["best", "alone", "alike"].map((key) => file({ key, text: [key] }))).map((hit, at) => ({
      ...hit,
      score: [0.9, 0.5, 0.48][at] ?? 0,
    }));
    const [best = "", alone = "", alike = ""] = hits.map(({ chunk }) => chunk.chunkId);
    const bits = new Map([
      [best, signs(UP)],
      [alone, signs(MIXED)],
      [alike, signs(UP, UP)],
    ]);
    const found = withLikenessEvidence(hits, bits, DIMENSIONS, options);
    expect(found.map(({ chunk }) => chunk.document.key)).toEqual(["best", "alike", "alone"]);
  });

  it("loses no hit, keeps scores within their range, and leaves those without tokens as they are", () => {
    const token = fc.array(fc.constantFrom(-1, 1), { minLength: DIMENSIONS, maxLength: DIMENSIONS });
    const sketch = fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), held: fc.option(token) });
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 8 }), (sketches) => {
        const hits = hitsOf(sketches.map((_, at) => file({ key: `d${at}`, text: ["Text."] }))).map((hit, at) => ({
          ...hit,
          score: sketches[at]?.score ?? 0,
        }));
        const bits = new Map(
          hits.flatMap(({ chunk }, at) => {
            const held = sketches[at]?.held ?? null;
            return held === null ? [] : [[chunk.chunkId, signs(held)] as const];
          }),
        );
        const found = withLikenessEvidence(hits, bits, DIMENSIONS, options);
        expect(found.map(({ chunk }) => chunk.chunkId).toSorted()).toEqual(
          hits.map(({ chunk }) => chunk.chunkId).toSorted(),
        );
        const scores = hits.map(({ score }) => score);
        for (const { chunk, score } of found) {
          expect(score).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-9);
          expect(score).toBeLessThanOrEqual(Math.max(...scores) + 1e-9);
          const before = hits.find((hit) => hit.chunk.chunkId === chunk.chunkId);
          if (!bits.has(chunk.chunkId)) expect(score).toBe(before?.score);
        }
      }),
    );
  });
});
