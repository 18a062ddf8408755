import { terms } from "../infra/chunk-index/terms.ts";
import { addEvidence } from "./add-evidence.ts";
import { holding, rarity } from "./found-under.ts";
import type { Hit } from "./search.ts";

export interface WindowOptions {
  /** Used only where the search found fewer candidates than this in each list: among many, being about the subject at all tells more. */
  readonly below: number;
  /** How many terms of a chunk are looked at together. */
  readonly length: number;
  /** What it counts beside the score there was. */
  readonly weight: number;
}

/**
 * Within one contract or one report every passage is about the subject, and short ones win by their shortness. There it tells more how many of
 * the question's words a passage says close together, each once, however long it is. A word counts the more the fewer of the hits hold it;
 * only hits are counted, which the reader may read.
 * Method: Tao and Zhai, "An Exploration of Proximity Measures in Information Retrieval", SIGIR 2007; Clarke, Cormack and Tudhope, "Relevance
 * Ranking for One to Three Term Queries", IPM 2000 (cover density).
 */
export function withWindowEvidence(question: string, hits: readonly Hit[], options: WindowOptions): readonly Hit[] {
  const weights = termWeights(new Set(terms(question)), hits);
  return addEvidence(hits, options.weight, ({ chunk }) => heaviestWindow(terms(chunk.text), weights, options.length));
}

/** How telling each of the question's words is among the hits. */
function termWeights(asked: ReadonlySet<string>, hits: readonly Hit[]): ReadonlyMap<string, number> {
  return new Map([...holding(asked, hits)].map(([term, count]) => [term, rarity(count, hits.length)]));
}

/** The greatest sum of weights, each term once, of any stretch of so many terms. */
export function heaviestWindow(held: readonly string[], weights: ReadonlyMap<string, number>, length: number): number {
  const within = new Map<string, number>();
  let sum = 0;
  let heaviest = 0;
  for (const [at, term] of held.entries()) {
    sum += entering(term, within) ? (weights.get(term) ?? 0) : 0;
    const left = held[at - length];
    if (left !== undefined && leaving(left, within)) sum -= weights.get(left) ?? 0;
    heaviest = Math.max(heaviest, sum);
  }
  return heaviest;
}

/** Counts the term in; true when it was not there. */
function entering(term: string, within: Map<string, number>): boolean {
  const count = within.get(term) ?? 0;
  within.set(term, count + 1);
  return count === 0;
}

/** Counts the term out; true when it is there no more. */
function leaving(term: string, within: Map<string, number>): boolean {
  const count = within.get(term) ?? 0;
  within.set(term, count - 1);
  return count === 1;
}
