import type { VNode } from "preact";
import type { Citation, CitedLine } from "./contract.ts";
import { isSameSpan, useOpenSource } from "./open-source.ts";

/** A sentence with its citation buttons. */
export function CitedText({
  line,
  citations,
}: {
  readonly line: CitedLine;
  readonly citations: readonly Citation[];
}): VNode {
  const cited = line.citations.flatMap((number) => citations.find((citation) => citation.number === number) ?? []);
  return (
    <>
      {line.text}
      {cited.map((citation) => (
        <CitationButton key={citation.number} citation={citation} />
      ))}
    </>
  );
}

function CitationButton({ citation }: { readonly citation: Citation }): VNode {
  const { opened, open } = useOpenSource();
  const page = citation.page === null ? "" : `, page ${citation.page}`;
  return (
    <sup>
      <button
        type="button"
        class="citation"
        aria-label={`Source ${citation.number}: ${citation.title}${page}`}
        aria-expanded={isSameSpan(opened, citation)}
        title={`${citation.title}${page}`}
        onClick={() => open(citation)}
      >
        [{citation.number}]
      </button>
    </sup>
  );
}

/** Cited sentences, one under the other. */
export function CitedList(props: {
  readonly lines: readonly CitedLine[];
  readonly citations: readonly Citation[];
}): VNode {
  return (
    <ul class="lines">
      {props.lines.map((line, index) => (
        <li key={index}>
          <CitedText line={line} citations={props.citations} />
        </li>
      ))}
    </ul>
  );
}
