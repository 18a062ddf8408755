import type { VNode } from "preact";
import type { Citation, SourceSpan } from "./contract.ts";
import { isSameSpan, useOpenSource } from "./open-source.ts";

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
            <SourceCard span={citation} number={citation.number} quote={citation.quote} />
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
}

/** One source; the whole card opens it. */
export function SourceCard({ span, number, quote }: SourceCardProps): VNode {
  const { opened, open } = useOpenSource();
  return (
    <button
      type="button"
      class="source-card"
      aria-label={`Open source ${number}: ${span.title}`}
      aria-expanded={isSameSpan(opened, span)}
      onClick={() => open(span)}
    >
      <span class="source-number" aria-hidden="true">
        {number}
      </span>
      <span class="source-words">
        <span class="source-title">{span.title}</span>
        <SourceKind span={span} />
        <span class="source-quote">{quote}</span>
      </span>
    </button>
  );
}

/** Kind of document and page, such as "Policy, page 2". */
export function SourceKind({ span }: { readonly span: Pick<SourceSpan, "kind" | "page"> }): VNode {
  const kind = span.kind.replaceAll("-", " ");
  return (
    <span class="source-kind">
      {kind.charAt(0).toUpperCase() + kind.slice(1)}
      {span.page === null ? null : `, page ${span.page}`}
    </span>
  );
}
