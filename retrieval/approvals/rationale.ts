import type { Citation } from "../citation.ts";

/** One line of a rationale: a fact or a finding, with what carries it. */
export interface RationaleLine {
  readonly text: string;
  readonly citations: readonly number[];
}

export type ClauseOutcome = "holds" | "fails" | "does-not-apply" | "cannot-tell";

export interface ClauseFinding {
  /** The policy, such as `FIN-POL-001 v3`, and its clause. */
  readonly policy: string;
  readonly clause: string;
  readonly outcome: ClauseOutcome;
  /** The finding in words, with the figures that decided it. */
  readonly text: string;
  readonly citations: readonly number[];
}

export type Recommendation = "supports-approval" | "speaks-against-approval" | "needs-information";

/**
 * What a person needs to decide about a record that waits for approval. It recommends; it never decides. Everything in it is what
 * the reader may read: two approvers may see two rationales.
 */
export interface Rationale {
  readonly record: {
    readonly documentId: string;
    readonly title: string;
    readonly model: string;
    readonly recordId: number;
  };
  readonly preparedFor: string;
  /** The day to which ages and twelve-month windows refer: when the source was read. */
  readonly asOf: string;
  readonly recommendation: Recommendation;
  readonly summary: RationaleLine;
  /** 0 to 1: the share of the clauses in question and of the evidence looked for that could be decided. */
  readonly confidence: number;
  readonly facts: readonly RationaleLine[];
  readonly clauses: readonly ClauseFinding[];
  readonly supplier: readonly RationaleLine[];
  readonly stock: readonly RationaleLine[];
  readonly evidence: readonly RationaleLine[];
  /** What was looked for and not found among what this reader may read. */
  readonly missing: readonly string[];
  readonly citations: readonly Citation[];
}
