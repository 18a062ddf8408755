import type { VNode } from "preact";
import { AnswerView } from "./answer-view.tsx";
import { OtherReaders } from "./other-readers.tsx";
import type { GoTo } from "./use-place.ts";
import { QuestionForm } from "./question-form.tsx";
import type { Answers } from "./use-answers.ts";
import type { Reader } from "./use-reader.ts";

interface QuestionsViewProps {
  readonly reader: Reader;
  readonly answers: Answers;
  readonly question: string;
  readonly goTo: GoTo;
}

/** Question, answer, and what others were told. */
export function QuestionsView({ reader, answers, question, goTo }: QuestionsViewProps): VNode {
  const ask = (next: string) => {
    if (next === question) answers.askAgain();
    else goTo({ question: next });
  };
  const people = reader.sample?.logins ?? [];
  return (
    <>
      <h1 class={question === "" ? "hero" : "visually-hidden"}>What do you need to know?</h1>
      <QuestionForm
        question={question}
        isAsking={answers.current?.phase === "asking"}
        onAsk={ask}
        onStop={answers.stop}
      />
      {question === "" ? <Suggestions questions={reader.sample?.questions ?? []} onAsk={ask} /> : null}
      {answers.current === null ? null : (
        <AnswerView
          key={`${answers.current.reader.login} ${question}`}
          run={answers.current}
          people={people}
          client={reader.client}
          onAskAgain={answers.askAgain}
        />
      )}
      {answers.current?.phase === "complete" && answers.others.length === 0 && people.length > 1 ? (
        <p class="hint">Switch the reader at the top to compare what the same question gives somebody else.</p>
      ) : null}
      <OtherReaders runs={answers.others} people={people} onSwitch={(login) => void reader.signInAs(login)} />
      {question === "" ? null : (
        <details class="more-questions" hidden={reader.sample === null}>
          <summary>Suggested questions</summary>
          <Suggestions questions={reader.sample?.questions ?? []} onAsk={ask} />
        </details>
      )}
    </>
  );
}

interface SuggestionsProps {
  readonly questions: readonly string[];
  readonly onAsk: (question: string) => void;
}

function Suggestions({ questions, onAsk }: SuggestionsProps): VNode | null {
  if (questions.length === 0) return null;
  return (
    <ul class="suggestions" aria-label="Suggested questions">
      {questions.map((question) => (
        <li key={question}>
          <button type="button" class="suggestion" onClick={() => onAsk(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
