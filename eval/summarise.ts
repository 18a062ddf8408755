import { mean } from "./measures.ts";
import type { CaseResult } from "./run-case.ts";

/** Shares from 0 to 1; null: nothing of the kind was measured. */
export interface Summary {
  readonly cases: number;
  readonly ndcg: number | null;
  readonly recall: number | null;
  readonly meanReciprocalRank: number | null;
  /** Of the cases with an answer to give, how many were answered with at least one right citation. */
  readonly answerRate: number | null;
  /** Of all citations shown where there was an answer to give, how many support it. */
  readonly citationCorrectness: number | null;
  /** Of the questions that nothing answers, how many were left unanswered. */
  readonly abstention: number | null;
  /** Of the persons from whom the only source is hidden, how many were told that the sources do not say. */
  readonly abstentionWhenHidden: number | null;
  /** Of all hits and citations shown, how many the person may not read. */
  readonly leakRate: number;
}

/** The measures over these cases. */
export function summarise(cases: readonly CaseResult[], forbidden: (result: CaseResult) => boolean): Summary {
  const answerable = cases.filter(({ mustAnswer }) => mustAnswer);
  const silent = cases.filter(({ mustAnswer }) => !mustAnswer);
  const rankings = cases.flatMap(({ ranking }) => ranking ?? []);
  const shown = cases.reduce((sum, { shown }) => sum + shown, 0);
  const leaks = cases.reduce((sum, { leaks }) => sum + leaks.length, 0);
  return {
    cases: cases.length,
    ndcg: mean(rankings.map(({ ndcg }) => ndcg)),
    recall: mean(rankings.map(({ recall }) => recall)),
    meanReciprocalRank: mean(rankings.map(({ reciprocalRank }) => reciprocalRank)),
    answerRate: share(answerable, isAnsweredRightly),
    citationCorrectness: share(
      answerable.flatMap(({ citations }) => citations),
      ({ correct }) => correct,
    ),
    abstention: share(
      silent.filter((result) => !forbidden(result)),
      ({ answered }) => !answered,
    ),
    abstentionWhenHidden: share(silent.filter(forbidden), ({ answered }) => !answered),
    leakRate: shown === 0 ? 0 : leaks / shown,
  };
}

export function isAnsweredRightly({ answered, citations }: CaseResult): boolean {
  return answered && citations.some(({ correct }) => correct);
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return mean(items.map((item) => (holds(item) ? 1 : 0)));
}
