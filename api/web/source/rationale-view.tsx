import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ApiClient } from "./api-client.ts";
import { CitedList, CitedText } from "./cited-text.tsx";
import { ClauseTable } from "./clause-table.tsx";
import type { Citation, CitedLine, Rationale, Session } from "./contract.ts";
import { Loading, ProblemNotice } from "./notices.tsx";
import { RecommendationView } from "./recommendation.tsx";
import { SourceList } from "./source-list.tsx";
import { useLoad } from "./use-load.ts";

interface RationaleViewProps {
  readonly client: ApiClient;
  readonly reader: Session;
  readonly order: string;
}

/** What a person needs to decide about one order. */
export function RationaleView({ client, reader, order }: RationaleViewProps): VNode {
  const { value, problem, retry } = useLoad(JSON.stringify([reader.login, order]), (signal) =>
    client.rationale(order, signal),
  );
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [order]);
  return (
    <article class="rationale" aria-labelledby="rationale-title">
      <h1 id="rationale-title" class="view-title" ref={title} tabIndex={-1}>
        {value?.record.title ?? order}
      </h1>
      {problem === null ? null : <ProblemNotice problem={problem} onRetry={retry} />}
      {value === null && problem === null ? <Loading label="Preparing the rationale" /> : null}
      {value === null ? null : <RationaleBody rationale={value} />}
    </article>
  );
}

function RationaleBody({ rationale }: { readonly rationale: Rationale }): VNode {
  const { citations } = rationale;
  return (
    <>
      <p class="prepared">
        Prepared for {rationale.preparedFor}, as of <time dateTime={rationale.asOf}>{inWords(rationale.asOf)}</time>
      </p>
      <RecommendationView rationale={rationale}>
        <CitedText line={rationale.summary} citations={citations} />
      </RecommendationView>
      <Missing missing={rationale.missing} />
      <ClauseTable clauses={rationale.clauses} citations={citations} />
      <div class="line-sections">
        <LineSection title="Facts" lines={rationale.facts} citations={citations} />
        <LineSection title="Supplier" lines={rationale.supplier} citations={citations} />
        <LineSection title="Stock" lines={rationale.stock} citations={citations} />
        <LineSection title="Evidence" lines={rationale.evidence} citations={citations} />
      </div>
      <SourceList citations={citations} level="h2" />
    </>
  );
}

interface LineSectionProps {
  readonly title: string;
  readonly lines: readonly CitedLine[];
  readonly citations: readonly Citation[];
}

function LineSection({ title, lines, citations }: LineSectionProps): VNode | null {
  if (lines.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <CitedList lines={lines} citations={citations} />
    </section>
  );
}

function Missing({ missing }: { readonly missing: readonly string[] }): VNode | null {
  if (missing.length === 0) return null;
  return (
    <section class="missing" aria-label="Missing">
      <h2>Missing</h2>
      <ul>
        {missing.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

/** An ISO day as a person writes it; anything else stays as it is. */
function inWords(day: string): string {
  const date = new Date(day);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
}
