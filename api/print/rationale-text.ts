import type { ClauseOutcome, Rationale, RationaleLine, Recommendation } from "../../retrieval/approvals/rationale.ts";
import { marks, sourcesText } from "./sources-text.ts";

const RECOMMENDATIONS: Readonly<Record<Recommendation, string>> = {
  "supports-approval": "The evidence supports approval",
  "speaks-against-approval": "The evidence speaks against approval as the order stands",
  "needs-information": "More information is needed",
};

const OUTCOMES: Readonly<Record<ClauseOutcome, string>> = {
  holds: "holds         ",
  fails: "FAILS         ",
  "does-not-apply": "does not apply",
  "cannot-tell": "cannot tell   ",
};

/** A rationale for a terminal. */
export function rationaleText(rationale: Rationale): string {
  const clauses = rationale.clauses.map(
    ({ policy, clause, outcome, text, citations }) =>
      `  ${OUTCOMES[outcome]}  ${policy} clause ${clause}: ${text} ${marks(citations)}`,
  );
  return [
    `${rationale.record.title}, prepared for ${rationale.preparedFor} as of ${rationale.asOf.slice(0, 10)}`,
    "",
    `${RECOMMENDATIONS[rationale.recommendation]} (confidence ${Math.round(rationale.confidence * 100)} %).`,
    `${rationale.summary.text} ${marks(rationale.summary.citations)}`,
    ...section("Facts", rationale.facts),
    "",
    "Policy clauses",
    ...clauses,
    ...section("Supplier", rationale.supplier),
    ...section("Stock", rationale.stock),
    ...section("Evidence", rationale.evidence),
    ...(rationale.missing.length === 0 ? [] : ["", "Missing", ...rationale.missing.map((sentence) => `  ${sentence}`)]),
    "",
    "Sources",
    sourcesText(rationale.citations),
    "",
    "Groundwork prepares; a person decides.",
  ].join("\n");
}

function section(title: string, lines: readonly RationaleLine[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["", title, ...lines.map(({ text, citations }) => `  ${text} ${marks(citations)}`)];
}
