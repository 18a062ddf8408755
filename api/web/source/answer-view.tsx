import type { VNode } from "preact";
import { Abstention } from "./abstention.tsx";
import type { ApiClient } from "./api-client.ts";
import { CitedText } from "./cited-text.tsx";
import type { Sample } from "./contract.ts";
import { InfoNotice, Loading, ProblemNotice } from "./notices.tsx";
import { SourceList } from "./source-list.tsx";
import type { AnswerRun } from "./use-answers.ts";

interface AnswerViewProps {
  readonly run: AnswerRun;
  readonly people: Sample["logins"];
  readonly client: ApiClient;
  readonly onAskAgain: () => void;
}

/** One answer as it grows: sentences with citations, or why there are none. */
export function AnswerView({ run, people, client, onAskAgain }: AnswerViewProps): VNode {
  const role = people.find((person) => person.login === run.reader.login)?.role;
  const isEmpty = run.statements.length === 0;
  return (
    <section class="answer" aria-labelledby="answer-title">
      <header>
        <h2 id="answer-title">{run.question}</h2>
        <p class="answer-reader">
          For {run.reader.name}
          {role === undefined ? null : `, ${role}`}
        </p>
      </header>
      <div class="answer-words" aria-live="polite" aria-busy={run.phase === "asking"}>
        {run.statements.map((statement, index) => (
          <p class="statement" key={index}>
            <CitedText line={statement} citations={run.citations} />
          </p>
        ))}
        {run.answer?.status === "abstained" ? (
          <Abstention answer={run.answer} reader={run.reader} client={client} />
        ) : null}
      </div>
      {run.phase === "asking" && isEmpty ? <Loading label="Looking for an answer" /> : null}
      <Unfinished run={run} onAskAgain={onAskAgain} />
      <Manner run={run} />
      <SourceList citations={run.citations} level="h3" />
    </section>
  );
}

function Unfinished({ run, onAskAgain }: { readonly run: AnswerRun; readonly onAskAgain: () => void }): VNode | null {
  if (run.phase === "failed" && run.problem !== null) {
    return <ProblemNotice problem={run.problem} onRetry={onAskAgain} />;
  }
  if (run.phase !== "stopped") return null;
  return (
    <InfoNotice>
      <p>{run.statements.length === 0 ? "Stopped." : "Stopped. What you see is not the whole answer."}</p>
      <button type="button" class="button" onClick={onAskAgain}>
        Ask again
      </button>
    </InfoNotice>
  );
}

/** How the answer came about. */
function Manner({ run: { answer } }: { readonly run: AnswerRun }): VNode | null {
  if (answer === null) return null;
  return (
    <>
      {answer.degraded === null ? null : (
        <InfoNotice>
          <p>{answer.degraded}</p>
        </InfoNotice>
      )}
      {answer.status === "abstained" ? null : (
        <p class="manner">
          {answer.method === "model"
            ? "Written by a language model and checked against the sources below."
            : "Sentences taken word for word from the sources below."}
        </p>
      )}
    </>
  );
}
