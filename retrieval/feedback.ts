import { terms, type WeightedTerm } from "../infra/chunk-index/terms.ts";
import { counted, foundUnder } from "./found-under.ts";
import type { Hit } from "./search.ts";

export interface FeedbackOptions {
  /** Used only where the first search found at least so many candidates in a list: the best ten of a few dozen are no selection. */
  readonly among: number;
  /** Hits of the first search that are taken for relevant. */
  readonly chunks: number;
  /** Most terms that are added. */
  readonly terms: number;
  /** What the foremost added term counts beside a word of the question. */
  readonly weight: number;
}

/** BM25's saturation: saying a word again and again does not make it much more telling. */
const K1 = 1.2;
const B = 0.75;

/**
 * Words that the best hits share and the question lacks, foremost first, to be searched for beside those of the question: pseudo-relevance
 * feedback. A hit counts as much as its score. How rare a word is does not enter here, for the index weighs that itself, over what the
 * reader may read; so do only the hits, which the reader may read as well.
 * Method: RM3 (Abdul-Jaleel et al., "UMass at TREC 2004"), with BM25's term frequencies.
 */
export function feedbackTerms(question: string, hits: readonly Hit[], options: FeedbackOptions): WeightedTerm[] {
  const best = hits.slice(0, options.chunks).map((hit) => ({ score: hit.score, terms: foundUnder(hit) }));
  const averageLength = Math.max(1, sum(best.map((each) => each.terms.length)) / Math.max(1, best.length));
  const asked = new Set(terms(question));
  const shares = new Map<string, number>();
  for (const { score, terms: held } of best) {
    const saturation = K1 * (1 - B + (B * held.length) / averageLength);
    for (const [term, frequency] of counted(held)) {
      if (asked.has(term)) continue;
      shares.set(term, (shares.get(term) ?? 0) + (score * frequency) / (frequency + saturation));
    }
  }
  const foremost = [...shares]
    .filter(([, share]) => share > 0)
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .slice(0, options.terms);
  const greatest = foremost[0]?.[1] ?? 1;
  return foremost.map(([term, share]) => ({ term, weight: options.weight * (share / greatest) }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
