import { FILE_MODEL } from "../../permissions/access-attributes.ts";
import type { Embedder } from "../../infra/models/port.ts";
import type { Hit } from "../search.ts";
import { asksForFigure, saysMoreThan, statesFigure } from "./question-cues.ts";
import { type SourceSentence, sourceSentences } from "./source-sentences.ts";
import { type SupportedSentence, support } from "./support.ts";

/** A statement that is ready to be shown, with the spans that carry it. */
export interface GroundedStatement {
  readonly text: string;
  readonly spans: readonly SourceSentence[];
}

/** Below this nothing is answered. Calibrated on half of the development questions, see `npm run eval`. */
const ANSWER_THRESHOLD = 0.645;
/** A further sentence is added while it answers practically as well as the best one: what is merely near is mostly beside the point. */
const NEARLY = 0.99;
/** What is left of a sentence that states no figure where one is asked for, and of one that only echoes the question. */
const WITHOUT_FIGURE = 0.85;
const ECHO = 0.8;
const MOST_STATEMENTS = 3;

/**
 * The sentences of the hits that answer the question, word for word; none when no sentence supports an answer. The hits' scores count for nothing:
 * they compare hits of one search, and do not tell how well the best of them answers. Needs no language model.
 */
export async function extract(
  question: string,
  hits: readonly Hit[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<readonly GroundedStatement[]> {
  const supported = await support(question, sourceSentences(hits), embedder, signal);
  const ranked = supported
    .map((candidate) => ({ ...candidate, support: answering(question, candidate) }))
    .sort((a, b) => b.support - a.support);
  const best = ranked[0]?.support ?? 0;
  if (best < ANSWER_THRESHOLD) return [];
  const chosen = distinct(ranked.filter((candidate) => candidate.support >= Math.max(ANSWER_THRESHOLD, best * NEARLY)));
  return chosen.slice(0, MOST_STATEMENTS).map(({ sentence }) => ({ text: statementText(sentence), spans: [sentence] }));
}

/** 0 to 1: how well the sentence answers the question, beyond speaking about it. */
function answering(question: string, { sentence, support: supporting }: SupportedSentence): number {
  const fitting = asksForFigure(question) && !statesFigure(sentence.quote) ? WITHOUT_FIGURE : 1;
  return supporting * fitting * (saysMoreThan(question, sentence.quote) ? 1 : ECHO);
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
