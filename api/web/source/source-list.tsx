import type { VNode } from "preact";
import type { Citation, SourceSpan } from "./contract.ts";
import { isSameSpan, useOpenSource } from "./open-source.ts";
import { termText } from "./term-text.ts";

interface SourceListProps {
  readonly citations: readonly Citation[];
  readonly level: "h2" | "h3";
}

/** The sources of an answer or a rationale, in order of first use. */
export function SourceList({ citations, level }: SourceListProps): VNode | null {
  if (citations.length === 0) return null;
  const Title = level;
  return (
    <section class="sources" aria-labelledby="sources-title">
      <Title id="sources-title">Sources</Title>
      <ol>
        {citations.map((citation) => (
          <li key={citation.number}>
            <SourceCard
              span={citation}
              number={citation.number}
              quote={citation.quote}
              term={termText(citation.effective, citation.expires)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface SourceCardProps {
  readonly span: SourceSpan;
  readonly number: number;
  readonly quote: string;
  /** That the document is no longer in force, or not yet. */
  readonly term?: string | null;
}

/** One source; a click anywhere on the card opens it. */
export function SourceCard({ span, number, quote, term = null }: SourceCardProps): VNode {
  const { opened, open } = useOpenSource();
  const isOpen = isSameSpan(opened, span);
  return (
    <div class={isOpen ? "source-card source-card-open" : "source-card"}>
      <span class="source-number" aria-hidden="true">
        {number}
      </span>
      <div class="source-words">
        <button type="button" class="source-title" aria-expanded={isOpen} onClick={() => open(span)}>
          <span class="visually-hidden">Open source {number}: </span>
          {span.title}
        </button>
        <SourceKind span={span} term={term} />
        <p class="source-quote">{quote}</p>
      </div>
    </div>
  );
}

interface SourceKindProps {
  readonly span: Pick<SourceSpan, "kind" | "page">;
  /** That the document is no longer in force, or not yet. */
  readonly term?: string | null;
}

/** Kind of document and page, such as "Policy, page 2". */
export function SourceKind({ span, term = null }: SourceKindProps): VNode {
  const kind = span.kind.replaceAll("-", " ");
  return (
    <span class="source-kind">
      {kind.charAt(0).toUpperCase() + kind.slice(1)}
      {span.page === null ? null : `, page ${span.page}`}
      {term === null ? null : <strong class="source-term">, {term}</strong>}
    </span>
  );
}
