import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RankedDocument, scoreRun, trecOrder } from "../../../eval/beir/score-run.ts";

const judgements = (graded: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
  new Map(Object.entries(graded).map(([query, grades]) => [query, new Map(Object.entries(grades))]));
const ranked = (...ids: readonly string[]): RankedDocument[] => ids.map((id, at) => ({ id, score: 100 - at }));
const order = (...documents: readonly (readonly [string, number])[]) =>
  trecOrder(documents.map(([id, score]) => ({ id, score }))).map(({ id }) => id);

describe("trec_eval's order", () => {
  it("is by score, whatever order the run is written in", () => {
    expect(order(["a", 1], ["b", 3], ["c", 2])).toEqual(["b", "c", "a"]);
  });

  it("puts the greater id first where scores are equal", () => {
    expect(order(["a", 1], ["b", 1], ["B", 1])).toEqual(["b", "a", "B"]);
  });

  it("holds scores in 32 bits: what differs beyond is equal", () => {
    expect(order(["a", 0.5 + 1e-12], ["b", 0.5])).toEqual(["b", "a"]);
  });

  it("compares ids by their bytes, not by UTF-16", () => {
    // U+FF5E is EF BD 9E, U+1F600 is F0 9F 98 80; as UTF-16 the second begins with D83D and would come after.
    expect(order(["\uFF5E", 1], ["\u{1F600}", 1])).toEqual(["\u{1F600}", "\uFF5E"]);
  });

  it("does not depend on the order that it is given", () => {
    const document = fc.record({ id: fc.string({ maxLength: 3 }), score: fc.constantFrom(0, 0.5, 1) });
    const documents = fc.uniqueArray(document, { selector: ({ id }) => id });
    fc.assert(
      fc.property(documents, (run) => {
        expect(trecOrder(run.toReversed())).toEqual(trecOrder(run));
      }),
    );
  });
});

describe("the scores of a run", () => {
  it("take the grade itself as gain", () => {
    // Found: grade 1 at rank 1, 0 at rank 2, grade 3 at rank 3: 1 + 3 / log2 4 = 2.5. Best: 3 + 2 / log2 3 + 1 / log2 4 = 4.76186.
    const scores = scoreRun(judgements({ q: { a: 1, b: 3, c: 2 } }), new Map([["q", ranked("a", "x", "b")]]));
    expect(scores.ndcg10).toBeCloseTo(2.5 / (3 + 2 / Math.log2(3) + 0.5), 12);
    expect(scores.ndcg10).toBeCloseTo(0.525, 5);
    expect(scores.recall10).toBeCloseTo(2 / 3, 12);
    expect(scores.reciprocalRank).toBe(1);
  });

  it("count nothing below their depth", () => {
    const tail = ranked(...Array.from({ length: 10 }, (_, at) => `x${at}`), "a", ...filler(100), "b");
    const scores = scoreRun(judgements({ q: { a: 1, b: 1 } }), new Map([["q", tail]]));
    expect(scores).toEqual({ queries: 1, ndcg10: 0, recall10: 0, recall100: 0.5, reciprocalRank: 1 / 11 });
  });

  it("compare with the ten best where more is relevant", () => {
    const relevant = Array.from({ length: 12 }, (_, at) => `d${at}`);
    const grades = Object.fromEntries(relevant.map((id) => [id, 1]));
    const scores = scoreRun(judgements({ q: grades }), new Map([["q", ranked(...relevant.slice(0, 10))]]));
    expect(scores.ndcg10).toBe(1);
    expect(scores.recall10).toBeCloseTo(10 / 12, 12);
  });

  it("count a judged query that the run lacks as 0, and leave out one that is not judged", () => {
    const run = new Map([
      ["found", ranked("x", "a")],
      ["other", ranked("a")],
    ]);
    const scores = scoreRun(judgements({ found: { a: 1 }, lacking: { a: 1 } }), run);
    expect(scores.queries).toBe(2);
    // 1 / log2 3, halved.
    expect(scores.ndcg10).toBeCloseTo(0.31546, 5);
    expect(scores.reciprocalRank).toBe(0.25);
  });

  it("rank by score, then id, as trec_eval reads a run", () => {
    const tied = [
      { id: "a", score: 1 },
      { id: "b", score: 1 },
    ];
    expect(scoreRun(judgements({ q: { a: 1 } }), new Map([["q", tied]])).reciprocalRank).toBe(0.5);
  });
});

function filler(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `y${at}`);
}
