import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../infra/chunk-index/port.ts";
import { fuse } from "../../retrieval/fuse.ts";

const list: fc.Arbitrary<readonly Candidate[]> = fc.uniqueArray(
  fc.record({
    chunkId: fc.constantFrom(..."abcdefghij".split("")),
    score: fc.oneof(fc.constantFrom(0, 1, 2.5), fc.double({ noNaN: true, min: -50, max: 50 })),
  }),
  { selector: ({ chunkId }) => chunkId, maxLength: 8 },
);
const weight = fc.double({ min: 0, max: 1, noNaN: true });

describe("fusing two lists", () => {
  it("holds every candidate once, with a score of 0 to 1, best first, ties by id", () => {
    fc.assert(
      fc.property(list, list, weight, (keyword, vector, vectorWeight) => {
        const fused = fuse({ keyword, vector }, vectorWeight);
        const ids = fused.map(({ chunkId }) => chunkId);
        expect(ids.toSorted()).toEqual([...new Set([...keyword, ...vector].map(({ chunkId }) => chunkId))].toSorted());
        for (const [at, { chunkId, score }] of fused.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
          const next = fused[at + 1];
          if (next !== undefined)
            expect(score > next.score || (score === next.score && chunkId < next.chunkId)).toBe(true);
        }
      }),
    );
  });

  it("does not depend on the order in which candidates come", () => {
    fc.assert(
      fc.property(list, list, (keyword, vector) => {
        const turned = { keyword: keyword.toReversed(), vector: vector.toReversed() };
        expect(fuse(turned)).toEqual(fuse({ keyword, vector }));
      }),
    );
  });

  it("does not depend on the scale of either list's scores", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 64 }), { minLength: 1, maxLength: 8 }), (scores) => {
        const of = (factor: number, shift: number) =>
          scores.map((score, at) => ({ chunkId: `c${at}`, score: score * factor + shift }));
        const vector = [{ chunkId: "c0", score: 0.5 }];
        expect(fuse({ keyword: of(8, -16), vector })).toEqual(fuse({ keyword: of(1, 0), vector }));
      }),
    );
  });

  it("lets one list decide alone when the other is empty", () => {
    const only = [
      { chunkId: "a", score: 4 },
      { chunkId: "b", score: 2 },
      { chunkId: "c", score: 3 },
    ];
    const ranked = [
      { chunkId: "a", score: 1 },
      { chunkId: "c", score: 0.5 },
      { chunkId: "b", score: 0 },
    ];
    expect(fuse({ keyword: only, vector: [] })).toEqual(ranked);
    expect(fuse({ keyword: [], vector: only })).toEqual(ranked);
    expect(fuse({ keyword: [], vector: [] })).toEqual([]);
  });

  it("puts what both lists hold before what only one holds", () => {
    const fused = fuse({
      keyword: [
        { chunkId: "word", score: 9 },
        { chunkId: "both", score: 8 },
        { chunkId: "low", score: 1 },
      ],
      vector: [
        { chunkId: "near", score: 0.9 },
        { chunkId: "both", score: 0.8 },
        { chunkId: "far", score: 0.1 },
      ],
    });
    expect(fused[0]?.chunkId).toBe("both");
    expect(fused.slice(1, 3).map(({ chunkId, score }) => [chunkId, score])).toEqual([
      ["near", 0.5],
      ["word", 0.5],
    ]);
  });

  it("weighs the lists as it is told", () => {
    const candidates = { keyword: [{ chunkId: "word", score: 1 }], vector: [{ chunkId: "near", score: 1 }] };
    expect(fuse(candidates, 0.75)).toEqual([
      { chunkId: "near", score: 0.75 },
      { chunkId: "word", score: 0.25 },
    ]);
  });
});
