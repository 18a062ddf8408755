import type { Citation } from "../retrieval/citation.ts";
import type { Answer } from "../retrieval/answer/answer.ts";
import { type AnswerTools, answerQuestion } from "../retrieval/answer/answer-question.ts";
import { type Reader } from "../retrieval/reader.ts";
import { type Hit, search } from "../retrieval/search.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { DocumentHead } from "../infra/db/port.ts";
import type { EvaluatedQuestion, ExpectedSource } from "./load-questions.ts";
import { type Ranking, ndcg, recall, reciprocalRank } from "./measures.ts";
import type { ReadableTruth } from "./readable-truth.ts";

/** One question as one person asks it. */
export interface Case {
  readonly question: EvaluatedQuestion;
  readonly login: string;
  /** The sources that this person must be answered from; empty: the person must be told that the sources do not say. */
  readonly expected: readonly ExpectedSource[];
}

export interface CaseResult {
  readonly id: string;
  readonly kind: EvaluatedQuestion["kind"];
  readonly half: 0 | 1;
  readonly login: string;
  readonly mustAnswer: boolean;
  readonly answered: boolean;
  /** Null where nothing is to be found. */
  readonly ranking: { readonly ndcg: number; readonly recall: number; readonly reciprocalRank: number } | null;
  /** Of the answer, by rank: whether the span supports it. Empty when abstained. */
  readonly citations: readonly { readonly title: string; readonly quote: string; readonly correct: boolean }[];
  /** What was looked at for leaks, and the titles that this person may not read. */
  readonly shown: number;
  readonly leaks: readonly string[];
}

const DEPTH = 10;

/** Searches and asks as the person, through what the API uses. Errors: those of `search` and `answerQuestion`. */
export async function runCase(
  asked: Case,
  reader: Reader,
  tools: AnswerTools,
  truth: ReadableTruth,
): Promise<CaseResult> {
  const { question, login, expected } = asked;
  const { hits } = await search({ query: question.question, limit: DEPTH }, reader, tools);
  const answer = await wholeAnswer(question.question, reader, tools);
  const texts = await citedTexts(answer, reader, tools);
  const documents = new Set(expected.map(({ document }) => document));
  const ranking: Ranking = hits.map((hit) => expected.find((source) => holds(hit, source))?.document ?? null);
  const shown = [
    ...hits.map(({ chunk }) => ({ document: chunk.document, text: chunk.text })),
    ...answer.citations.map((citation) => ({ document: headOf(citation, texts), text: citation.quote })),
  ];
  return {
    id: question.id,
    kind: question.kind,
    half: question.half,
    login,
    mustAnswer: expected.length > 0,
    answered: answer.status === "answered",
    ranking:
      documents.size === 0
        ? null
        : {
            ndcg: ndcg(ranking, documents.size, DEPTH),
            recall: recall(ranking, documents.size, DEPTH),
            reciprocalRank: reciprocalRank(ranking),
          },
    citations: answer.citations.map((citation) => ({
      title: citation.title,
      quote: citation.quote,
      correct: isWordForWord(citation, texts) && supports(citation, headOf(citation, texts), expected),
    })),
    shown: shown.length,
    leaks: shown.filter((item) => isLeak(item, asked, truth)).map(({ document }) => document.title),
  };
}

async function wholeAnswer(question: string, reader: Reader, tools: AnswerTools): Promise<Answer> {
  for await (const event of answerQuestion({ question }, reader, tools)) if (event.kind === "done") return event.answer;
  throw new GroundworkError("internal", "The answer ended before it was done.");
}

type CitedTexts = ReadonlyMap<string, { readonly document: DocumentHead; readonly text: string }>;

/** The cited parts, as the person reads them when opening the source. */
async function citedTexts(answer: Answer, reader: Reader, tools: AnswerTools): Promise<CitedTexts> {
  const documentIds = [...new Set(answer.citations.map(({ documentId }) => documentId))];
  if (documentIds.length === 0) return new Map();
  const parts = await tools.readable.parts({ documentIds, limit: 100 }, reader.filter);
  return new Map(parts.map(({ document, part, text }) => [partName(document.documentId, part), { document, text }]));
}

function headOf(citation: Citation, texts: CitedTexts): Pick<DocumentHead, "model" | "key" | "recordId" | "title"> {
  const { title, model, recordId } = citation;
  return texts.get(partName(citation.documentId, citation.part))?.document ?? { key: "", title, model, recordId };
}

function partName(documentId: string, part: string): string {
  return `${documentId} ${part}`;
}

function isWordForWord({ documentId, part, start, end, quote }: Citation, texts: CitedTexts): boolean {
  return texts.get(partName(documentId, part))?.text.slice(start, end) === quote;
}

function supports(
  citation: Citation,
  document: Pick<DocumentHead, "key" | "title">,
  expected: readonly ExpectedSource[],
): boolean {
  return expected.some((source) => isOf(document, source) && includesQuote(citation.quote, source));
}

function holds({ chunk }: Hit, source: ExpectedSource): boolean {
  return isOf(chunk.document, source) && includesQuote(chunk.text, source);
}

function isOf(document: Pick<DocumentHead, "key" | "title">, source: ExpectedSource): boolean {
  return source.document === document.key || source.document === document.title;
}

function includesQuote(text: string, { quote = "" }: ExpectedSource): boolean {
  return flat(text).includes(flat(quote));
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("’", "'").trim();
}

/** Judged without our own filters: by the truth, and by the question's word on who must not find its sources. */
function isLeak(
  { document, text }: { document: Pick<DocumentHead, "model" | "key" | "recordId" | "title">; text: string },
  { question, login }: Case,
  truth: ReadableTruth,
): boolean {
  if (truth.mayRead(login, document) === false) return true;
  const isForbidden = question.forbidden.includes(login);
  return isForbidden && question.sources.some((source) => isOf(document, source) && includesQuote(text, source));
}
