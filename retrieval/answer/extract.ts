import { FILE_MODEL } from "../../permissions/access-attributes.ts";
import type { Embedder } from "../../infra/models/port.ts";
import type { Hit } from "../search.ts";
import { type SourceSentence, sourceSentences } from "./source-sentences.ts";
import { type SupportedSentence, support } from "./support.ts";

/** A statement that is ready to be shown, with the spans that carry it. */
export interface GroundedStatement {
  readonly text: string;
  readonly spans: readonly SourceSentence[];
}

/** Below this support nothing is answered. Calibrated on the development questions: `npm run eval`. */
export const ANSWER_THRESHOLD = 0.6;
/** A further sentence is added while it supports the question nearly as well as the best one. */
const NEARLY = 0.9;
const MOST_STATEMENTS = 3;

/**
 * The sentences of the hits that answer the question, word for word; none when no sentence supports an answer.
 * Needs no language model.
 */
export async function extract(
  question: string,
  hits: readonly Hit[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<readonly GroundedStatement[]> {
  const ranked = await support(question, sourceSentences(hits), embedder, signal);
  const best = ranked[0]?.support ?? 0;
  if (best < ANSWER_THRESHOLD) return [];
  const chosen = distinct(ranked.filter((candidate) => candidate.support >= Math.max(ANSWER_THRESHOLD, best * NEARLY)));
  return chosen.slice(0, MOST_STATEMENTS).map(({ sentence }) => ({ text: statementText(sentence), spans: [sentence] }));
}

/** A record's line says little without the record's name in front of it. */
function statementText(sentence: SourceSentence): string {
  if (sentence.document.model === FILE_MODEL) return sentence.quote.replaceAll(/\s+/g, " ");
  return `${sentence.document.title}: ${sentence.quote}`;
}

function distinct(candidates: readonly SupportedSentence[]): readonly SupportedSentence[] {
  const seen = new Set<string>();
  return candidates.filter(({ sentence }) => {
    const text = statementText(sentence).toLowerCase();
    return !seen.has(text) && Boolean(seen.add(text));
  });
}
