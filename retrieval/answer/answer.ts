import type { Citation } from "../citation.ts";

/** One sentence of an answer and the numbers of the citations that carry it; never none. */
export interface Statement {
  readonly text: string;
  readonly citations: readonly number[];
}

export interface Answer {
  readonly status: "answered" | "abstained";
  readonly question: string;
  /** Empty when abstained. */
  readonly statements: readonly Statement[];
  readonly citations: readonly Citation[];
  /** What the reader is told when there is no answer. */
  readonly message: string | null;
  /** `extractive`: sentences of the sources; `model`: written by a language model and checked against them. */
  readonly method: "extractive" | "model";
  /** Why the answer is not what the configuration promises, such as a model that did not answer; null when it is. */
  readonly degraded: string | null;
}
