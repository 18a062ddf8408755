/** Terms that some chunks hold together: positions in the question's terms, in no order. */
export interface Combination {
  readonly terms: readonly number[];
  /** How many chunks hold these of the terms and no others, about. */
  readonly chunks: number;
}

export interface TermWorth {
  /** What holding the term is worth to a score. */
  readonly worth: number;
  /** How many chunks hold it, about. */
  readonly holding: number;
}

/** Chunks that hold all of these terms: all such chunks, or those of the sample alone. */
export interface Holders {
  readonly terms: readonly number[];
  readonly isSampled: boolean;
}

/** No group takes more than this share of the budget unless it has to: several small ones find more of the best than a large one. */
const LARGEST_SHARE = 1 / 16;

/**
 * Which chunks are worth scoring when too many hold one of the terms. The combinations are those of a sample of one chunk in `rate`. They are taken
 * from the one worth most on; of each the fewest of its rarest terms are asked for that few enough chunks hold together, so that what the sample
 * did not see is found as well: rare terms come to be asked for alone and common ones together. A combination that is too common even as a
 * whole is scored in the sample alone. About `budget` chunks are found so, and those of terms that the sample saw nowhere; the last group may go
 * beyond by what the sample holds. When no more than `budget` hold a term at all, each term is asked for alone.
 */
export function chooseHolders(
  terms: readonly TermWorth[],
  combinations: readonly Combination[],
  { rate, budget }: { readonly rate: number; readonly budget: number },
): readonly Holders[] {
  if (chunksOf(combinations) <= budget) return terms.map((_, term) => ({ terms: [term], isSampled: false }));
  const worth = ({ terms: held }: Combination) => held.reduce((sum, term) => sum + (terms[term]?.worth ?? 0), 0);
  const rarestFirst = ({ terms: held }: Combination) =>
    held.toSorted((one, other) => (terms[one]?.holding ?? 0) - (terms[other]?.holding ?? 0));
  const seen = new Set(combinations.flatMap((combination) => combination.terms));
  const chosen: Holders[] = terms.flatMap((_, term) => (seen.has(term) ? [] : [{ terms: [term], isSampled: false }]));
  let left = budget;
  let open = combinations.toSorted((one, other) => worth(other) - worth(one));
  let unscored = combinations;
  for (let [best] = open; best !== undefined && left > 0; [best] = open) {
    const { cost, ...holders } = fewestTerms(rarestFirst(best), unscored, { rate, budget, left });
    const isElse = (combination: Combination) => !holdsAll(combination, holders.terms);
    chosen.push(holders);
    left -= cost;
    open = open.filter(isElse);
    if (!holders.isSampled) unscored = unscored.filter(isElse);
  }
  return chosen;
}

function fewestTerms(
  rarestFirst: readonly number[],
  unscored: readonly Combination[],
  { rate, budget, left }: { readonly rate: number; readonly budget: number; readonly left: number },
): Holders & { readonly cost: number } {
  let cost = 0;
  for (let size = 1; size <= rarestFirst.length; size++) {
    const terms = rarestFirst.slice(0, size);
    cost = chunksOf(unscored.filter((combination) => holdsAll(combination, terms)));
    const most = size === rarestFirst.length ? left : Math.min(left, budget * LARGEST_SHARE);
    if (cost <= most) return { terms, isSampled: false, cost };
  }
  return { terms: rarestFirst, isSampled: true, cost: cost / rate };
}

function chunksOf(combinations: readonly Combination[]): number {
  return combinations.reduce((sum, { chunks }) => sum + chunks, 0);
}

function holdsAll({ terms }: Combination, group: readonly number[]): boolean {
  return group.every((term) => terms.includes(term));
}
