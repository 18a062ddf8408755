import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ApiClient } from "./api-client.ts";
import type { SourceDocument, SourceSpan } from "./contract.ts";
import { Icon } from "./icons.tsx";
import { Loading, ProblemNotice } from "./notices.tsx";
import { SourceKind } from "./source-list.tsx";
import { SourceText } from "./source-text.tsx";
import { useLoad } from "./use-load.ts";

interface SourcePanelProps {
  readonly client: ApiClient;
  readonly login: string;
  readonly span: SourceSpan;
  readonly onClose: () => void;
}

/** The source beside the answer, at the cited span. Takes the focus when it opens. */
export function SourcePanel({ client, login, span, onClose }: SourcePanelProps): VNode {
  const key = JSON.stringify([login, span.documentId, span.part, span.start, span.end]);
  const { value, problem, retry } = useLoad(key, (signal) => client.document(span, signal));
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), [key]);

  return (
    <aside class="panel" aria-labelledby="panel-title">
      <header class="panel-head">
        <div class="panel-name">
          <SourceKind span={value?.span ? { kind: value.kind, page: value.span.page ?? span.page } : span} />
          <h2 id="panel-title" ref={title} tabIndex={-1}>
            {value?.title ?? span.title}
          </h2>
        </div>
        <button
          type="button"
          class="button button-quiet"
          aria-label="Close source"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Icon name="cross" />
        </button>
        {value === null ? null : <Original url={value.url} />}
      </header>
      {problem !== null ? <ProblemNotice problem={problem} onRetry={retry} /> : null}
      {value === null && problem === null ? <Loading label="Loading the source" /> : null}
      {value === null ? null : <PanelBody source={value} key={key} />}
    </aside>
  );
}

/** Only the web's own schemes: a link in a record could be anything. */
function Original({ url }: { readonly url: string | null }): VNode | null {
  if (url === null || !/^https?:\/\//i.test(url)) return null;
  return (
    <a class="panel-original" href={url} target="_blank" rel="noopener noreferrer">
      Open the original
      <Icon name="external" />
    </a>
  );
}

function PanelBody({ source }: { readonly source: SourceDocument }): VNode {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = body.current?.querySelector("mark");
    if (!body.current || !mark) return;
    // The panel scrolls, the page behind it stays.
    const distance = mark.getBoundingClientRect().top - body.current.getBoundingClientRect().top;
    body.current.scrollTop += distance - body.current.clientHeight / 4;
  }, []);
  return (
    <div class="panel-body" role="region" aria-label="Text of the source" tabIndex={0} ref={body}>
      <Metadata metadata={source.metadata} />
      {source.parts.map((part) => (
        <SourceText key={part.part} part={part} span={source.span?.part === part.part ? source.span : null} />
      ))}
    </div>
  );
}

/** What the document states about itself; nested entries are for machines. */
function Metadata({ metadata }: { readonly metadata: SourceDocument["metadata"] }): VNode | null {
  const stated = Object.entries(metadata).filter(([, value]) => typeof value === "string" || typeof value === "number");
  if (stated.length === 0) return null;
  return (
    <dl class="metadata">
      {stated.map(([name, value]) => (
        <div key={name}>
          <dt>{name.charAt(0).toUpperCase() + name.slice(1)}</dt>
          <dd>{String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
