import { terms } from "../../infra/chunk-index/terms.ts";
import type { Embedder, LikenessScale } from "../../infra/models/port.ts";
import { likenessScale } from "./likeness-scale.ts";
import { withoutClauseNumber } from "./question-cues.ts";
import { type CloseReading, readClosely } from "./read-closely.ts";
import type { SourceSentence } from "./source-sentences.ts";

export interface SupportedSentence {
  readonly sentence: SourceSentence;
  /** 0 to 1: how far the sentence, read under its headings, speaks about the claim or question. */
  readonly support: number;
}

/** What each of the claim's terms counts. */
type TermWeights = ReadonlyMap<string, number>;

interface Read {
  readonly sentence: SourceSentence;
  readonly own: ReadonlySet<string>;
  readonly around: ReadonlySet<string>;
}

/** What a term counts when only the headings around the sentence hold it. */
const CONTEXT_WORTH = 0.7;
/** What it counts how the terms are met one by one, beside the terms held and the likeness of the whole, 1 each. */
const MET_WORTH = 0.5;
/** Words that shape a question and that no answer repeats: they say nothing about what is asked. */
const SHAPING = new Set(terms("much many long often soon early must need may happen"));
/** Sentences that are embedded per call; the rest are too far off by their words. */
const EMBEDDED = 16;

/**
 * Ranks sentences by how well they support a claim or answer a question: by the share of its terms that they hold, by the similarity of meaning,
 * alone or under its headings, and, where the embedder tells it, by how nearly each term is met. A term counts the more the rarer it is in the
 * sentence's own document: a name that all of it stands under tells no sentence from another, and which other documents were found changes nothing.
 * A sentence that lacks an identifier of the claim supports nothing. Errors: those of the embedder.
 */
export async function support(
  claim: string,
  sentences: readonly SourceSentence[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<readonly SupportedSentence[]> {
  const candidates = covering(claim, sentences).slice(0, EMBEDDED);
  if (candidates.length === 0) return [];
  const statements = candidates.map(({ sentence }) => withoutClauseNumber(sentence.quote));
  const underHeadings = candidates.map(({ sentence }, index) => `${sentence.context}: ${statements[index]}`);
  const readings = await readClosely(claim, [...statements, ...underHeadings], embedder, signal);
  const scale = await likenessScale(embedder, signal);
  return candidates
    .map(({ sentence, weights, coverage }, index) => {
      const both = [readings[index], readings[index + candidates.length]].filter((reading) => reading !== undefined);
      const likeness = Math.max(...both.map((reading) => similarity(reading.cosine, scale)));
      const met = shareMet(weights, both);
      const supporting =
        met === null ? (coverage + likeness) / 2 : (coverage + likeness + MET_WORTH * met) / (2 + MET_WORTH);
      return { sentence, support: supporting };
    })
    .sort((a, b) => b.support - a.support);
}

/** Sentences that hold every identifier of the claim, those that hold most of its terms first. */
function covering(claim: string, sentences: readonly SourceSentence[]) {
  const wanted = [...new Set(terms(claim))].filter((term) => !SHAPING.has(term));
  const identifiers = wanted.filter(isIdentifier);
  const read = sentences.map((sentence) => ({
    sentence,
    own: new Set(terms(sentence.quote)),
    around: new Set(terms(sentence.context)),
  }));
  const documents = Map.groupBy(read, ({ sentence }) => sentence.document.documentId);
  return [...documents.values()]
    .flatMap((document) => {
      const weights = new Map(wanted.map((term) => [term, rarity(term, document)]));
      return document
        .filter((each) => identifiers.every((term) => holds(each, term)))
        .map((each) => ({ sentence: each.sentence, weights, coverage: coverage(each, weights) }));
    })
    .sort((a, b) => b.coverage - a.coverage);
}

/** The share of the terms, by weight, that the sentence holds. */
function coverage({ own, around }: Read, weights: TermWeights): number {
  return weightedMean(weights, (term) => (own.has(term) ? 1 : around.has(term) ? CONTEXT_WORTH : 0)) ?? 0;
}

/** How nearly the terms are met in either reading; null when no reading tells. */
function shareMet(weights: TermWeights, readings: readonly CloseReading[]): number | null {
  return weightedMean(weights, (term) => {
    const met = readings.flatMap((reading) => reading.met.get(term) ?? []);
    return met.length === 0 ? null : Math.min(1, Math.max(0, ...met));
  });
}

/** The mean over the terms that have a value, by weight; null when none has. */
function weightedMean(weights: TermWeights, valueOf: (term: string) => number | null): number | null {
  let [total, among] = [0, 0];
  for (const [term, weight] of weights) {
    const value = valueOf(term);
    if (value === null) continue;
    total += weight * value;
    among += weight;
  }
  return among === 0 ? null : total / among;
}

/** Whether the term names one particular thing: an order, a product, a document, a year. */
export function isIdentifier(term: string): boolean {
  return /\d/.test(term) && (/[\p{L}]/u.test(term) || term.length >= 4);
}

/** A word that no sentence holds counts like one that a single sentence holds: the askers' verbs are seldom those of the sources. */
function rarity(term: string, read: readonly Read[]): number {
  const holding = read.filter((each) => holds(each, term)).length;
  return Math.log(1 + (read.length + 1) / (Math.max(holding, 1) + 0.5));
}

function holds({ own, around }: Read, term: string): boolean {
  return own.has(term) || around.has(term);
}

function similarity(cosine: number, { unrelated, same }: LikenessScale): number {
  return Math.min(1, Math.max(0, (cosine - unrelated) / (same - unrelated)));
}
