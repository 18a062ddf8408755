import type { DocumentHead } from "../infra/db/port.ts";

/** Where a statement comes from: a span of a document's part, as the reader may read it. */
export interface Citation {
  /** From 1, in order of first use within one answer or rationale. */
  readonly number: number;
  readonly documentId: string;
  readonly title: string;
  readonly kind: string;
  readonly model: string;
  readonly recordId: number | null;
  readonly part: string;
  /** UTF-16 offsets into the part's text. */
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  /** `text.slice(start, end)`, word for word. */
  readonly quote: string;
  /** The original, where there is one to open. */
  readonly url: string | null;
  /** First and last day on which the document is in force, as it states them; null: it states none. */
  readonly effective: string | null;
  readonly expires: string | null;
}

/** A span to be cited, before it has a number. */
export interface CitableSpan {
  readonly document: DocumentHead;
  readonly part: string;
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  readonly quote: string;
}

/** Numbers spans in order of first use; the same span keeps its number. */
export class CitationList {
  readonly #citations: Citation[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number under which the span is cited. */
  cite(span: CitableSpan): number {
    const key = `${span.document.documentId} ${span.start} ${span.end} ${span.part}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#citations.length + 1;
    this.#numbers.set(key, number);
    this.#citations.push({
      number,
      documentId: span.document.documentId,
      title: span.document.title,
      kind: span.document.kind,
      model: span.document.model,
      recordId: span.document.recordId,
      part: span.part,
      start: span.start,
      end: span.end,
      page: span.page,
      quote: span.quote,
      url: span.document.url,
      effective: span.document.metadata.effective ?? null,
      expires: span.document.metadata.expires ?? null,
    });
    return number;
  }

  all(): readonly Citation[] {
    return [...this.#citations];
  }
}
