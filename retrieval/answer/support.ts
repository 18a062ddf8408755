import { terms } from "../../infra/chunk-index/terms.ts";
import type { Embedder, LikenessScale } from "../../infra/models/port.ts";
import { cosine, likenessScale } from "./likeness-scale.ts";
import { withoutClauseNumber } from "./question-cues.ts";
import type { SourceSentence } from "./source-sentences.ts";

export interface SupportedSentence {
  readonly sentence: SourceSentence;
  /** 0 to 1: how far the sentence, read under its headings, speaks about the claim or question. */
  readonly support: number;
}

/** What a term counts when only the headings around the sentence hold it. */
const CONTEXT_WORTH = 0.7;
/** Words that shape a question and that no answer repeats: they say nothing about what is asked. */
const SHAPING = new Set(terms("much many long often soon early must need may happen"));
/** Sentences that are embedded per call; the rest are too far off by their words. */
const EMBEDDED = 24;

/**
 * Ranks sentences by how well they support a claim or answer a question: half by the share of its terms that they hold, rare ones
 * counting more, half by the similarity of meaning, alone or under its headings. A sentence that lacks an identifier of the claim supports nothing.
 */
export async function support(
  claim: string,
  sentences: readonly SourceSentence[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<readonly SupportedSentence[]> {
  const wanted = [...new Set(terms(claim))].filter((term) => !SHAPING.has(term));
  const read = sentences.map((sentence) => ({
    sentence,
    own: new Set(terms(sentence.quote)),
    around: new Set(terms(sentence.context)),
  }));
  const weights = new Map(wanted.map((term) => [term, rarity(term, read)]));
  const total = sum([...weights.values()]);
  const identifiers = wanted.filter(isIdentifier);
  const candidates = read
    .filter(({ own, around }) => identifiers.every((term) => own.has(term) || around.has(term)))
    .map(({ sentence, own, around }) => ({
      sentence,
      coverage:
        total === 0
          ? 0
          : sum(
              [...weights].map(([term, weight]) => weight * (own.has(term) ? 1 : around.has(term) ? CONTEXT_WORTH : 0)),
            ) / total,
    }))
    .sort((a, b) => b.coverage + b.sentence.hitScore / 2 - (a.coverage + a.sentence.hitScore / 2))
    .slice(0, EMBEDDED);
  if (candidates.length === 0) return [];
  const statements = candidates.map(({ sentence }) => withoutClauseNumber(sentence.quote));
  const underHeadings = candidates.map(({ sentence }, index) => `${sentence.context}: ${statements[index]}`);
  const [claimVector, ...vectors] = await embedder.embed([claim, ...statements, ...underHeadings], signal);
  const scale = await likenessScale(embedder, signal);
  const likeness = (index: number) => similarity(claimVector, vectors[index], scale);
  return candidates
    .map(({ sentence, coverage }, index) => ({
      sentence,
      support: (coverage + Math.max(likeness(index), likeness(index + candidates.length))) / 2,
    }))
    .sort((a, b) => b.support - a.support);
}

/** Whether the term names one particular thing: an order, a product, a document, a year. */
export function isIdentifier(term: string): boolean {
  return /\d/.test(term) && (/[\p{L}]/u.test(term) || term.length >= 4);
}

/** A word that no sentence holds counts like one that a single sentence holds: the askers' verbs are seldom those of the sources. */
function rarity(term: string, read: readonly { own: Set<string>; around: Set<string> }[]): number {
  const holding = read.filter(({ own, around }) => own.has(term) || around.has(term)).length;
  return Math.log(1 + (read.length + 1) / (Math.max(holding, 1) + 0.5));
}

function similarity(
  left: Float32Array | undefined,
  right: Float32Array | undefined,
  { unrelated, same }: LikenessScale,
): number {
  return Math.min(1, Math.max(0, (cosine(left, right) - unrelated) / (same - unrelated)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
