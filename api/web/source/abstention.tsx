import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ApiClient } from "./api-client.ts";
import type { Answer, Session } from "./contract.ts";
import { InfoNotice, Loading, ProblemNotice } from "./notices.tsx";
import { SourceCard } from "./source-list.tsx";
import { useLoad } from "./use-load.ts";

interface AbstentionProps {
  readonly answer: Answer;
  readonly reader: Session;
  readonly client: ApiClient;
}

/** No answer, said calmly, with what can be done next. */
export function Abstention({ answer, reader, client }: AbstentionProps): VNode {
  const [isSearching, setIsSearching] = useState(false);
  return (
    <div class="abstention">
      <h3>No answer from what you may read</h3>
      {answer.message === null ? null : <p>{answer.message}</p>}
      <ul>
        <li>Ask with a name, a number or a date as the documents state it.</li>
        <li>If you expect a document on this, ask its owner whether it is shared with you.</li>
      </ul>
      {isSearching ? (
        <NearestPassages question={answer.question} reader={reader} client={client} />
      ) : (
        <button type="button" class="button" onClick={() => setIsSearching(true)}>
          Show what comes nearest
        </button>
      )}
    </div>
  );
}

const nearestCount = 5;

function NearestPassages(props: {
  readonly question: string;
  readonly reader: Session;
  readonly client: ApiClient;
}): VNode {
  const { value, problem, retry } = useLoad(JSON.stringify([props.reader.login, props.question]), (signal) =>
    props.client.search(props.question, nearestCount, signal),
  );
  if (problem !== null) return <ProblemNotice problem={problem} onRetry={retry} />;
  if (value === null) return <Loading label="Searching" />;
  if (value.hits.length === 0) return <p class="hint">Nothing that you may read comes near this question.</p>;
  return (
    <section class="sources" aria-label="What comes nearest">
      {value.degraded === null ? null : (
        <InfoNotice>
          <p>{value.degraded}</p>
        </InfoNotice>
      )}
      <ol>
        {value.hits.map((hit) => (
          <li key={hit.rank}>
            <SourceCard span={hit} number={hit.rank} quote={hit.text} />
          </li>
        ))}
      </ol>
    </section>
  );
}
