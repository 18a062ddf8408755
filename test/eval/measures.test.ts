import { describe, expect, it } from "vitest";
import { mean, ndcg, recall, reciprocalRank } from "../../eval/measures.ts";

const discount = (rank: number) => 1 / Math.log2(rank + 1);

describe("nDCG", () => {
  it("is 1 when the relevant sources come first", () => {
    expect(ndcg(["a", "b", null], 2, 10)).toBe(1);
  });

  it("discounts a late find by the logarithm of its rank", () => {
    // One source at rank 3 of one: (1 / log2 4) / 1.
    expect(ndcg([null, null, "a"], 1, 10)).toBeCloseTo(0.5, 12);
    // Sources at ranks 1 and 3 of three: (1 + 0.5) / (1 + 0.6309 + 0.5).
    expect(ndcg(["a", null, "b"], 3, 10)).toBeCloseTo(1.5 / (1 + discount(2) + 0.5), 12);
    expect(ndcg(["a", null, "b"], 3, 10)).toBeCloseTo(0.70392, 5);
  });

  it("compares with the best ranking of that depth when there is more to find than it holds", () => {
    expect(ndcg(["a", "b"], 5, 2)).toBe(1);
  });

  it("does not reward what lies below the depth", () => {
    expect(ndcg([null, null, "a"], 1, 2)).toBe(0);
  });

  it("counts a source once, and keeps the rank that its repetition takes", () => {
    expect(ndcg(["a", "a", "b"], 2, 10)).toBeCloseTo(1.5 / (1 + discount(2)), 12);
  });
});

describe("recall", () => {
  it("is the share of all sources found within the depth", () => {
    expect(recall(["a", null, "b", "c"], 4, 3)).toBe(0.5);
    expect(recall(["a", "a"], 2, 10)).toBe(0.5);
  });

  it("is 0 when nothing was to be found", () => {
    expect(recall([null], 0, 10)).toBe(0);
  });
});

describe("the reciprocal rank", () => {
  it("looks at the first find only", () => {
    expect(reciprocalRank([null, "a", "b"])).toBe(0.5);
    expect(reciprocalRank([null, null])).toBe(0);
  });
});

describe("the mean", () => {
  it("of nothing is not a number that could be mistaken for a result", () => {
    expect(mean([])).toBeNull();
    expect(mean([0, 1, 1, 0.5])).toBe(0.625);
  });
});
