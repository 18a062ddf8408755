import type { DocumentHead, ReadablePart } from "../../infra/db/port.ts";
import type { Fact } from "../../infra/document.ts";
import type { CitableSpan } from "../citation.ts";

/** A fact of a record with the span that states it. */
export interface CitedFact {
  readonly value: Fact["value"];
  readonly display: string;
  readonly span: CitableSpan;
}

/** One line of a record, such as one order line. */
export interface LineView {
  readonly id: number;
  fact(name: string): CitedFact | null;
}

/** A record as one reader may read it: a field that this reader may not see has no fact. */
export interface RecordView {
  readonly document: DocumentHead;
  fact(name: string): CitedFact | null;
  lines(model: string): readonly LineView[];
}

/** Puts the readable parts of documents together, one view a document, in the order of the parts. */
export function recordViews(parts: readonly ReadablePart[]): readonly RecordView[] {
  return [...Map.groupBy(parts, ({ document }) => document.documentId).values()].map(recordView);
}

function recordView(parts: readonly ReadablePart[]): RecordView {
  const facts = parts.flatMap((part) => part.facts.map((fact) => ({ part, fact })));
  const [first] = parts;
  // A group of `Map.groupBy` is never empty.
  const document = (first as ReadablePart).document;
  const find = (name: string, lineId: number | null, model?: string): CitedFact | null => {
    const found = facts.find(
      ({ fact }) =>
        fact.name === name &&
        (lineId === null ? fact.line === undefined : fact.line?.id === lineId && fact.line.model === model),
    );
    return found === undefined ? null : { value: found.fact.value, display: found.fact.display, span: spanOf(found) };
  };
  return {
    document,
    fact: (name) => find(name, null),
    lines: (model) =>
      [...new Set(facts.flatMap(({ fact }) => (fact.line?.model === model ? [fact.line.id] : [])))].map((id) => ({
        id,
        fact: (name) => find(name, id, model),
      })),
  };
}

function spanOf({ part, fact }: { readonly part: ReadablePart; readonly fact: Fact }): CitableSpan {
  return {
    document: part.document,
    part: part.part,
    start: fact.start,
    end: fact.end,
    page: null,
    quote: part.text.slice(fact.start, fact.end),
  };
}

/** The fact as a number, or null. */
export function numberOf(fact: CitedFact | null): number | null {
  return typeof fact?.value === "number" ? fact.value : null;
}

/** The fact as text, or null. */
export function textOf(fact: CitedFact | null): string | null {
  return typeof fact?.value === "string" ? fact.value : null;
}
