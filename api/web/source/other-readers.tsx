import type { VNode } from "preact";
import type { Sample } from "./contract.ts";
import type { AnswerRun } from "./use-answers.ts";

interface OtherReadersProps {
  readonly runs: readonly AnswerRun[];
  readonly people: Sample["logins"];
  readonly onSwitch: (login: string) => void;
}

/**
 * What other sample users got for the same question. Their citations are no buttons: the current reader may not be allowed to open
 * those sources.
 */
export function OtherReaders({ runs, people, onSwitch }: OtherReadersProps): VNode | null {
  if (runs.length === 0) return null;
  return (
    <section class="others" aria-labelledby="others-title">
      <h2 id="others-title">Same question, other readers</h2>
      <ul>
        {runs.map((run) => (
          <li key={run.reader.login}>
            <article aria-label={`Answer for ${run.reader.name}`}>
              <header>
                <h3>{run.reader.name}</h3>
                <p class="person-role">{people.find((person) => person.login === run.reader.login)?.role}</p>
              </header>
              <OtherAnswer run={run} />
              <button type="button" class="button button-link" onClick={() => onSwitch(run.reader.login)}>
                Read as {run.reader.name}
              </button>
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OtherAnswer({ run }: { readonly run: AnswerRun }): VNode {
  if (run.statements.length === 0) return <p class="hint">No answer from what this reader may read.</p>;
  const documents = new Set(run.citations.map((citation) => citation.documentId)).size;
  return (
    <>
      {run.statements.map((statement, index) => (
        <p key={index}>{statement.text}</p>
      ))}
      <p class="hint">
        From {documents} {documents === 1 ? "source" : "sources"}
      </p>
    </>
  );
}
