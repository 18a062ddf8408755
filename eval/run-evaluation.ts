import type { AnswerTools } from "../retrieval/answer/answer-question.ts";
import { openReader } from "../retrieval/reader.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import type { EvaluatedQuestion, EvaluationSet } from "./load-questions.ts";
import { readableTruth } from "./readable-truth.ts";
import { type Case, type CaseResult, runCase } from "./run-case.ts";

export interface EvaluationOptions {
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Every question as each of its readers, and as each of those who must not find its sources. */
export async function runEvaluation(
  set: EvaluationSet,
  policy: PolicySnapshot,
  tools: AnswerTools,
  options: EvaluationOptions = {},
): Promise<readonly CaseResult[]> {
  const truth = readableTruth(set.readersOfFiles);
  const cases = set.questions.flatMap((question) => casesOf(question, set));
  const results: CaseResult[] = [];
  for (const asked of cases) {
    results.push(await runCase(asked, openReader(asked.login, policy), tools, truth));
    options.onProgress?.({ done: results.length, total: cases.length });
  }
  return results;
}

/** A reader is expected to be answered from those of the question's sources that he or she may read. */
export function casesOf(question: EvaluatedQuestion, { readersOfFiles }: EvaluationSet): readonly Case[] {
  const asReader = question.readers.map((login) => ({
    question,
    login,
    expected: question.answerable
      ? question.sources.filter(({ document }) => readersOfFiles.get(document)?.includes(login) ?? true)
      : [],
  }));
  return [...asReader, ...question.forbidden.map((login) => ({ question, login, expected: [] }))];
}
