import type { CitableSpan, CitationList } from "../citation.ts";
import type { RationaleLine } from "./rationale.ts";
import type { CitedFact } from "./record-view.ts";

/** A line of a rationale before its spans have numbers. */
export interface CitedLine {
  readonly text: string;
  readonly spans: readonly CitableSpan[];
}

/** A line carries at most so many citations; further ones say the same again. */
const MOST_CITATIONS = 6;

export function numbered(lines: readonly CitedLine[], citations: CitationList): readonly RationaleLine[] {
  return lines.map(({ text, spans }) => ({
    text,
    citations: [...new Set(spans.slice(0, MOST_CITATIONS).map((span) => citations.cite(span)))],
  }));
}

/** The spans of the facts that are there and that the text shows. */
export function spansOf(...facts: readonly (CitedFact | null)[]): readonly CitableSpan[] {
  return facts.flatMap((fact) => (fact === null || fact.span.quote === "" ? [] : [fact.span]));
}
