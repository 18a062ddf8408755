import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { AnswerEvent, ApiClient } from "./api-client.ts";
import { toProblem, type ApiProblem } from "./api-problem.ts";
import type { Answer, Citation, CitedLine, Session } from "./contract.ts";

/** One asking of one question by one reader, as far as it has come. */
export interface AnswerRun {
  readonly reader: Session;
  readonly question: string;
  readonly phase: "asking" | "complete" | "stopped" | "failed";
  readonly statements: readonly CitedLine[];
  readonly citations: readonly Citation[];
  /** Present when complete. */
  readonly answer: Answer | null;
  /** Present when failed. */
  readonly problem: ApiProblem | null;
}

export interface Answers {
  /** The current reader's; null before the first question. */
  readonly current: AnswerRun | null;
  /** What other readers got for the same question, newest first. */
  readonly others: readonly AnswerRun[];
  readonly stop: () => void;
  readonly askAgain: () => void;
}

/** Asks whenever question or reader changes, and gives up the asking before it. */
export function useAnswers(client: ApiClient, reader: Session | null, question: string): Answers {
  const [runs, setRuns] = useState<readonly AnswerRun[]>([]);
  const [attempt, setAttempt] = useState(0);
  const stopCurrent = useRef(() => {});
  const login = reader?.login ?? null;

  useEffect(() => {
    if (reader === null || question === "") return undefined;
    const asking = new AbortController();
    let run = newRun(reader, question);
    const show = (change: Partial<AnswerRun>) => {
      run = { ...run, ...change };
      setRuns((before) => [run, ...before.filter((other) => !isSameReader(other, run) && other.question === question)]);
    };
    stopCurrent.current = () => {
      if (run.phase !== "asking") return;
      asking.abort();
      show({ phase: "stopped" });
    };
    show({});
    void follow(client.ask(question, asking.signal), asking.signal, () => run, show);
    return () => asking.abort();
  }, [login, question, attempt]);

  const ofQuestion = runs.filter((run) => run.question === question);
  return {
    current: ofQuestion.find((run) => run.reader.login === login) ?? null,
    others: ofQuestion.filter((run) => run.reader.login !== login && run.phase === "complete"),
    stop: useCallback(() => stopCurrent.current(), []),
    askAgain: useCallback(() => setAttempt((before) => before + 1), []),
  };
}

function newRun(reader: Session, question: string): AnswerRun {
  return { reader, question, phase: "asking", statements: [], citations: [], answer: null, problem: null };
}

function isSameReader(one: AnswerRun, other: AnswerRun): boolean {
  return one.reader.login === other.reader.login;
}

async function follow(
  events: AsyncIterable<AnswerEvent>,
  signal: AbortSignal,
  current: () => AnswerRun,
  show: (change: Partial<AnswerRun>) => void,
): Promise<void> {
  try {
    for await (const event of events) {
      if (signal.aborted) return;
      show(event.kind === "done" ? completed(event.answer) : withStatement(current(), event.statement));
    }
  } catch (thrown) {
    if (!signal.aborted) show({ phase: "failed", problem: toProblem(thrown) });
  }
}

/** The last word is the whole answer's: it replaces what was streamed. */
function completed(answer: Answer): Partial<AnswerRun> {
  return { phase: "complete", answer, statements: answer.statements, citations: answer.citations };
}

function withStatement(
  run: AnswerRun,
  statement: { text: string; citations: readonly Citation[] },
): Partial<AnswerRun> {
  const known = new Set(run.citations.map((citation) => citation.number));
  const fresh = statement.citations.filter((citation) => !known.has(citation.number));
  const line = { text: statement.text, citations: statement.citations.map((citation) => citation.number) };
  return { statements: [...run.statements, line], citations: [...run.citations, ...fresh] };
}
