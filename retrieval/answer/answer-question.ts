import type { ChunkSelection } from "../../infra/chunk-index/port.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { LanguageModel } from "../../infra/models/port.ts";
import { type Citation, CitationList } from "../citation.ts";
import { withoutSuperseded } from "../in-force.ts";
import type { Reader } from "../reader.ts";
import { type Hit, type SearchTools, search } from "../search.ts";
import type { Answer, Statement } from "./answer.ts";
import { citedSentences } from "./cite.ts";
import { type GroundedStatement, extract } from "./extract.ts";
import { ground } from "./ground.ts";
import { NOT_IN_SOURCES, answerPrompt } from "./prompt.ts";

export interface AnswerTools extends SearchTools {
  /** Null: answers are extracted. */
  readonly languageModel: LanguageModel | null;
}

export interface AnswerRequest {
  readonly question: string;
  /** What the sources are narrowed to, within what the reader may read. */
  readonly selection?: ChunkSelection;
}

export type AnswerEvent =
  | { readonly kind: "statement"; readonly statement: Statement; readonly citations: readonly Citation[] }
  | { readonly kind: "done"; readonly answer: Answer };

/** Hits that a language model reads. */
const READ = 8;
/** Hits whose sentences may be quoted: each sentence is weighed by itself, wherever the order has put its document. */
const QUOTED_FROM = 16;

const ABSTENTION =
  "Not in the sources you may read. Try other words or a document's name, or ask a colleague whose role covers the subject.";
const UNDECIDED =
  "The embedding model did not answer, so it cannot be told whether your sources hold an answer. Ask again later, or search by keyword.";

/**
 * Answers from what the reader may read: each statement as soon as it is known to be supported, then the whole. A language model,
 * where there is one, writes and is checked; when it fails or nothing of it is supported, the answer is extracted and says so.
 * Errors: `index`, `database`, `cancelled`.
 */
export async function* answerQuestion(
  { question, selection }: AnswerRequest,
  reader: Reader,
  tools: AnswerTools,
  signal?: AbortSignal,
): AsyncGenerator<AnswerEvent, void> {
  const found = await search(
    { query: question, limit: QUOTED_FROM, ...(selection && { selection }) },
    reader,
    tools,
    signal,
  );
  const hits = withoutSuperseded(found.hits, found.superseded, question);
  const draft = new AnswerDraft(question, found.degraded);
  if (tools.languageModel !== null)
    yield* written(question, hits.slice(0, READ), draft, tools, tools.languageModel, signal);
  if (draft.wantsExtract) yield* extracted(question, hits, draft, tools, signal);
  yield { kind: "done", answer: draft.finish() };
}

async function* extracted(
  question: string,
  hits: readonly Hit[],
  draft: AnswerDraft,
  tools: AnswerTools,
  signal?: AbortSignal,
) {
  draft.method = "extractive";
  try {
    for (const statement of await extract(question, hits, tools.embedders.configured.embedder, signal))
      yield draft.add(statement);
  } catch (error) {
    if (!isModelFault(error)) throw error;
    tools.log.warn({ error }, "embedder failed; nothing extracted");
    draft.giveUp();
  }
}

async function* written(
  question: string,
  hits: readonly Hit[],
  draft: AnswerDraft,
  tools: AnswerTools,
  model: LanguageModel,
  signal?: AbortSignal,
) {
  draft.method = "model";
  try {
    for await (const sentence of citedSentences(model.complete(answerPrompt(question, hits), signal))) {
      if (sentence.text.includes(NOT_IN_SOURCES)) return draft.abstain();
      const statement = await ground(sentence, hits, tools.embedders.configured.embedder, signal);
      if (statement === null) draft.dropped += 1;
      else yield draft.add(statement);
    }
    if (draft.isEmpty)
      draft.degrade("The language model's answer was not supported by its sources; these are their own words.");
  } catch (error) {
    if (!isModelFault(error)) throw error;
    tools.log.warn({ error }, "language model failed");
    draft.degrade(
      draft.isEmpty
        ? "The language model did not answer; these are the sources' own words."
        : "The language model broke off; the answer may be incomplete.",
    );
  }
}

function isModelFault(error: unknown): boolean {
  return error instanceof GroundworkError && (error.code === "model-unavailable" || error.code === "model-answer");
}

/** The answer as it grows. */
class AnswerDraft {
  method: Answer["method"] = "extractive";
  /** Sentences of a model that nothing supported. */
  dropped = 0;
  readonly #question: string;
  readonly #statements: Statement[] = [];
  readonly #citations = new CitationList();
  #degraded: string | null;
  #abstained = false;
  #abstention = ABSTENTION;

  constructor(question: string, degraded: string | null) {
    this.#question = question;
    this.#degraded = degraded;
  }

  get isEmpty(): boolean {
    return this.#statements.length === 0;
  }

  get wantsExtract(): boolean {
    return this.isEmpty && !this.#abstained;
  }

  add({ text, spans }: GroundedStatement): AnswerEvent {
    const numbers = spans.map((span) => this.#citations.cite(span));
    const statement = { text, citations: numbers };
    this.#statements.push(statement);
    return {
      kind: "statement",
      statement,
      citations: this.#citations.all().filter(({ number }) => numbers.includes(number)),
    };
  }

  abstain(): void {
    this.#abstained = this.isEmpty;
  }

  /** Nothing can be said about the sources, so it must not sound as if they held no answer. */
  giveUp(): void {
    this.#abstention = UNDECIDED;
  }

  degrade(reason: string): void {
    this.#degraded = [this.#degraded, reason].filter((part) => part !== null).join(" ");
  }

  finish(): Answer {
    if (this.dropped > 0 && !this.isEmpty && this.method === "model") {
      this.degrade("Parts of the language model's answer had no support in its sources and were left out.");
    }
    return {
      status: this.isEmpty ? "abstained" : "answered",
      question: this.#question,
      statements: this.#statements,
      citations: this.#citations.all(),
      message: this.isEmpty ? this.#abstention : null,
      method: this.method,
      degraded: this.#degraded,
    };
  }
}
