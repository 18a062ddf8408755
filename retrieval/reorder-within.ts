/** What is ranked: only the score is changed. */
interface Scored {
  readonly score: number;
}

/**
 * Gives the members another order among themselves: the places and scores that they hold stay theirs together and are dealt out again, the best
 * to the member whose `fitness` is greatest, so that they neither gain nor lose against the rest. Equal fitness keeps the order there was.
 */
export function reorderWithin<Item extends Scored>(
  ranked: readonly Item[],
  isMember: (item: Item) => boolean,
  fitness: (item: Item) => number,
): readonly Item[] {
  const members = ranked.filter(isMember);
  const places = members.map(({ score }) => score).sort((left, right) => right - left);
  const dealt = members.toSorted((left, right) => fitness(right) - fitness(left));
  const scores = new Map(dealt.map((item, place) => [item, places[place] ?? item.score]));
  return ranked
    .map((item) => {
      const score = scores.get(item);
      return score === undefined || score === item.score ? item : { ...item, score };
    })
    .sort((left, right) => right.score - left.score);
}
