import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { ApprovalsView } from "./approvals-view.tsx";
import type { Session } from "./contract.ts";
import { Loading, ProblemNotice } from "./notices.tsx";
import { OpenSourceContext } from "./open-source.ts";
import { QuestionsView } from "./questions-view.tsx";
import { SignIn } from "./sign-in.tsx";
import { SourcePanel } from "./source-panel.tsx";
import { TopBar } from "./top-bar.tsx";
import { useAnswers } from "./use-answers.ts";
import { usePanel } from "./use-panel.ts";
import { readPlace } from "./place.ts";
import { usePlace, type GoTo } from "./use-place.ts";
import { useReader, type Reader } from "./use-reader.ts";

/** The whole page: starting, signing in, or working. */
export function App(): VNode {
  const reader = useReader();
  useReaderFromLink(reader);
  if (reader.phase === "starting") {
    return (
      <main class="sign-in">
        <Loading label="Starting" />
      </main>
    );
  }
  if (reader.phase === "failed" && reader.problem !== null) {
    return (
      <main class="sign-in">
        <h1>Groundwork</h1>
        <ProblemNotice problem={reader.problem} onRetry={() => void reader.start()} />
      </main>
    );
  }
  return reader.session === null ? <SignIn reader={reader} /> : <Desk reader={reader} session={reader.session} />;
}

function Desk({ reader, session }: { readonly reader: Reader; readonly session: Session }): VNode {
  const [place, goTo] = usePlace();
  const answers = useAnswers(reader.client, session, place.question);
  const panel = usePanel(`${session.login} ${place.view} ${place.order ?? place.question}`);
  useReaderInAddress(reader, session, place.reader, goTo);
  const signOut = () => {
    goTo({ reader: null }, "replace");
    void reader.signOut();
  };
  useEffect(() => {
    const subject = place.view === "approvals" ? (place.order ?? "Approvals") : place.question;
    document.title = subject === "" ? "Groundwork" : `${subject} – Groundwork`;
  }, [place]);

  return (
    <OpenSourceContext.Provider value={panel}>
      <div class="above" inert={panel.coversPage}>
        <TopBar reader={reader} session={session} place={place} onSignOut={signOut} />
      </div>
      <div class={panel.opened === null ? "desk" : "desk desk-with-panel"}>
        <main class="column" inert={panel.coversPage}>
          {reader.problem === null ? null : <ProblemNotice problem={reader.problem} />}
          {place.view === "questions" ? (
            <QuestionsView reader={reader} answers={answers} question={place.question} goTo={goTo} />
          ) : (
            <ApprovalsView client={reader.client} reader={session} order={place.order} goTo={goTo} />
          )}
        </main>
        {panel.opened === null ? null : (
          <SourcePanel client={reader.client} login={session.login} span={panel.opened} onClose={panel.close} />
        )}
      </div>
    </OpenSourceContext.Provider>
  );
}

/** A link made as a sample user opens as that user; only once, so that a server that knows nobody is not asked for ever. */
function useReaderFromLink(reader: Reader): void {
  useEffect(() => {
    const asked = readPlace(location.hash).reader;
    const isKnown = reader.sample?.logins.some((person) => person.login === asked) === true;
    if (reader.session === null && asked !== null && isKnown) void reader.signInAs(asked);
  }, [reader.phase]);
}

/** Keeps `as` in the address true, and follows it when the reader goes back or opens a link. */
function useReaderInAddress(reader: Reader, session: Session, asked: string | null, goTo: GoTo): void {
  useEffect(() => {
    const isKnown = reader.sample?.logins.some((person) => person.login === asked) === true;
    if (asked !== null && asked !== session.login && isKnown) void reader.signInAs(asked);
  }, [asked]);
  useEffect(() => {
    if (reader.sample !== null) goTo({ reader: session.login }, "replace");
  }, [session.login]);
}
