import { describe, expect, it } from "vitest";
import type { CaseResult } from "../../eval/run-case.ts";
import { summarise } from "../../eval/summarise.ts";

const result = (changes: Partial<CaseResult>): CaseResult => ({
  id: "q",
  kind: "documents",
  half: 0,
  login: "bo.buyer",
  mustAnswer: true,
  answered: true,
  ranking: { ndcg: 1, recall: 1, reciprocalRank: 1 },
  citations: [{ title: "t", quote: "q", correct: true }],
  shown: 10,
  leaks: [],
  ...changes,
});
const silent = { mustAnswer: false, ranking: null, citations: [], answered: false };
const nobodyForbidden = () => false;

describe("the summary", () => {
  it("does not count an answer as given when none of its citations supports it", () => {
    const wrong = result({ citations: [{ title: "t", quote: "q", correct: false }] });
    expect(summarise([result({}), wrong], nobodyForbidden).answerRate).toBe(0.5);
  });

  it("weighs every citation when it says how many are right", () => {
    const citation = { title: "t", quote: "q" };
    const mixed = result({ citations: [true, false, false].map((correct) => ({ ...citation, correct })) });
    expect(summarise([result({}), mixed], nobodyForbidden).citationCorrectness).toBe(0.5);
  });

  it("keeps questions without an answer apart from answers that are hidden from the person", () => {
    const cases = [result({ ...silent }), result({ ...silent, login: "sam.sales", answered: true })];
    const summary = summarise(cases, ({ login }) => login === "sam.sales");
    expect([summary.abstention, summary.abstentionWhenHidden, summary.answerRate]).toEqual([1, 0, null]);
  });

  it("has a leak rate above 0 as soon as one thing leaked", () => {
    expect(summarise([result({}), result({ leaks: ["secret"] })], nobodyForbidden).leakRate).toBe(1 / 20);
    expect(summarise([result({})], nobodyForbidden).leakRate).toBe(0);
  });
});
