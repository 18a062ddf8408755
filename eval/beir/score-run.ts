import type { Judgements } from "./read-qrels.ts";

export interface RankedDocument {
  readonly id: string;
  readonly score: number;
}

/** Means over the judged queries, 0 to 1. */
export interface RunScores {
  /** Judged queries with something relevant; those that the run lacks count as 0. */
  readonly queries: number;
  readonly ndcg10: number;
  readonly recall10: number;
  readonly recall100: number;
  readonly reciprocalRank: number;
}

/**
 * The order in which trec_eval ranks, whatever order the run is written in: by score, which it holds in 32 bits, and among equal scores by
 * document id, both descending; ids compare by their bytes.
 */
export function trecOrder(documents: readonly RankedDocument[]): RankedDocument[] {
  return documents
    .map((document) => ({ document, score: Math.fround(document.score), bytes: Buffer.from(document.id) }))
    .sort((a, b) => b.score - a.score || Buffer.compare(b.bytes, a.bytes))
    .map(({ document }) => document);
}

/**
 * nDCG@10, recall@10, recall@100 and reciprocal rank as `trec_eval -c` computes them: `ndcg_cut_10` (gain is the grade itself, discount
 * log2(rank + 1), ideal over all that is judged), `recall_10`, `recall_100`, `recip_rank`.
 * Source: https://github.com/usnistgov/trec_eval. Queries without anything relevant are left out.
 */
export function scoreRun(judgements: Judgements, run: ReadonlyMap<string, readonly RankedDocument[]>): RunScores {
  const sums = { ndcg10: 0, recall10: 0, recall100: 0, reciprocalRank: 0 };
  for (const [query, grades] of judgements) {
    const gains = trecOrder(run.get(query) ?? []).map(({ id }) => grades.get(id) ?? 0);
    const ideal = [...grades.values()].sort((a, b) => b - a);
    const first = gains.findIndex((gain) => gain > 0);
    sums.ndcg10 += discounted(gains.slice(0, 10)) / discounted(ideal.slice(0, 10));
    sums.recall10 += found(gains.slice(0, 10)) / grades.size;
    sums.recall100 += found(gains.slice(0, 100)) / grades.size;
    sums.reciprocalRank += first === -1 ? 0 : 1 / (first + 1);
  }
  const queries = judgements.size;
  const mean = (sum: number) => (queries === 0 ? 0 : sum / queries);
  return {
    queries,
    ndcg10: mean(sums.ndcg10),
    recall10: mean(sums.recall10),
    recall100: mean(sums.recall100),
    reciprocalRank: mean(sums.reciprocalRank),
  };
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}

function found(gains: readonly number[]): number {
  return gains.filter((gain) => gain > 0).length;
}
