import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

interface QuestionFormProps {
  /** What was asked last; the field follows it. */
  readonly question: string;
  readonly isAsking: boolean;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
}

/**
 * The question; `/` focuses it from anywhere, Enter asks. Stop and Ask have keys of their own: one button that turned from the one
 * into the other within a click would go on to submit.
 */
export function QuestionForm({ question, isAsking, onAsk, onStop }: QuestionFormProps): VNode {
  const [draft, setDraft] = useState(question);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setDraft(question), [question]);
  useSlash(() => field.current?.focus());

  const ask = () => {
    if (draft.trim() === "") field.current?.focus();
    else onAsk(draft.trim());
  };
  return (
    <form
      class="question-form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <label class="visually-hidden" for="question">
        Question
      </label>
      <textarea
        id="question"
        ref={field}
        rows={1}
        maxLength={4000}
        placeholder="Ask about orders, suppliers, policies…"
        autocomplete="off"
        aria-keyshortcuts="/"
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          ask();
        }}
      />
      {draft === "" ? <kbd aria-hidden="true">/</kbd> : null}
      {isAsking ? (
        <button key="stop" type="button" class="button" onClick={onStop}>
          <Icon name="stop" />
          Stop
        </button>
      ) : (
        <button key="ask" type="submit" class="button button-main">
          Ask
        </button>
      )}
    </form>
  );
}

function useSlash(focus: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select") !== null) return;
      event.preventDefault();
      focus();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
