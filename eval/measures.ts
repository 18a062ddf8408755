/**
 * Measures of a ranking as trec_eval computes them, with binary relevance. `ranking` says for each rank, best first, which relevant
 * source was found there, or null; a source counts at its first rank only. `relevant` is how many there were to find. All are 0
 * to 1, and 0 when there was nothing to find.
 */
export type Ranking = readonly (string | null)[];

/** Discounted gain of the first `depth` ranks over that of the best possible ranking. Gain 1, discount log2(rank + 1). */
export function ndcg(ranking: Ranking, relevant: number, depth: number): number {
  const gained = foundAt(ranking)
    .filter((rank) => rank <= depth)
    .map(discount);
  const best = Array.from({ length: Math.min(relevant, depth) }, (_, index) => discount(index + 1));
  return ratio(sum(gained), sum(best));
}

/** Share of the relevant sources that the first `depth` ranks hold. */
export function recall(ranking: Ranking, relevant: number, depth: number): number {
  return ratio(foundAt(ranking).filter((rank) => rank <= depth).length, relevant);
}

/** One over the rank of the first relevant source. */
export function reciprocalRank(ranking: Ranking): number {
  const [first] = foundAt(ranking);
  return first === undefined ? 0 : 1 / first;
}

/** Null when there is nothing to average: not measured is not zero. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

/** The ranks, from 1, at which a source is seen for the first time. */
function foundAt(ranking: Ranking): readonly number[] {
  const seen = new Set<string>();
  return ranking.flatMap((source, index) => {
    if (source === null || seen.has(source)) return [];
    seen.add(source);
    return [index + 1];
  });
}

function discount(rank: number): number {
  return 1 / Math.log2(rank + 1);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
