import type { Hit } from "./search.ts";

/**
 * Hits with a further sign of fitness added to their scores, best first: the sign is scaled to the hits' own range of scores, from its least
 * value to its greatest, and counts `weight` beside 1. So no score leaves the range there was; a sign that tells no hit from another,
 * and weight 0, change nothing. Compared with a fixed scale this asks nothing of a sign but its order and proportions (min-max, as `fuse`).
 * Hits of which there is no sign (null) keep their scores.
 */
export function addEvidence(hits: readonly Hit[], weight: number, sign: (hit: Hit) => number | null): readonly Hit[] {
  const values = hits.map(sign);
  const scores = range(hits.filter((_, at) => values[at] !== null).map(({ score }) => score));
  const signs = range(values.filter((value) => value !== null));
  if (weight <= 0 || scores.spread === 0 || signs.spread === 0) return hits;
  return hits
    .map((hit, at) => {
      const value = values[at] ?? null;
      if (value === null) return hit;
      const share = (value - signs.lowest) / signs.spread;
      return { ...hit, score: (hit.score + weight * (scores.lowest + scores.spread * share)) / (1 + weight) };
    })
    .sort((left, right) => right.score - left.score);
}

function range(values: readonly number[]) {
  const lowest = Math.min(...values);
  return { lowest, spread: values.length === 0 ? 0 : Math.max(...values) - lowest };
}
