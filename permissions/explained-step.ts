import type { Verdict } from "./evaluate-access.ts";

/** One finding on the way to a verdict, in a whole sentence, with the findings that it rests on. */
export interface ExplainedStep {
  /** Whether it lets the reader pass; `unknown` lets nobody pass. Null: it is said for information and decides nothing. */
  readonly holds: Verdict | null;
  readonly sentence: string;
  readonly steps: readonly ExplainedStep[];
}

export function step(holds: Verdict, sentence: string, steps: readonly ExplainedStep[] = []): ExplainedStep {
  return { holds, sentence, steps };
}

export function note(sentence: string, steps: readonly ExplainedStep[] = []): ExplainedStep {
  return { holds: null, sentence, steps };
}

/** What findings come to together: false if one is, else unknown if one is, else true. Information does not count. */
export function conjunction(steps: readonly ExplainedStep[]): Verdict {
  const verdicts = new Set(steps.map(({ holds }) => holds));
  return verdicts.has(false) ? false : !verdicts.has("unknown") || "unknown";
}

/** What findings come to when one is enough. */
export function disjunction(steps: readonly ExplainedStep[]): Verdict {
  const verdicts = new Set(steps.map(({ holds }) => holds));
  return verdicts.has(true) || (verdicts.has("unknown") ? "unknown" : false);
}
