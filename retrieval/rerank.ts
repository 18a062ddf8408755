import { GroundworkError } from "../infra/errors.ts";
import type { Hit, SearchTools } from "./search.ts";

/** As many as a reranker reads within a second or two. */
const RERANKED = 50;

export interface RerankedHits {
  readonly hits: readonly Hit[];
  /** Why the order is that of the search itself; null when it is not, or none was asked for. */
  readonly degraded: string | null;
}

/**
 * Puts the best hits in the order of a reranker, where there is one; the rest follows behind. What is sent are texts that the reader may read: the
 * hits were rechecked. A reranker that fails changes nothing and is told. Errors: `cancelled`.
 */
export async function rerank(
  question: string,
  hits: readonly Hit[],
  { reranker, log }: Pick<SearchTools, "reranker" | "log">,
  signal?: AbortSignal,
): Promise<RerankedHits> {
  if (reranker === undefined || reranker === null || hits.length < 2) return { hits, degraded: null };
  const [best, rest] = [hits.slice(0, RERANKED), hits.slice(RERANKED)];
  try {
    const scores = await reranker.rerank(question, best.map(textOf), signal);
    const reordered = best
      .map((hit, position) => ({ ...hit, score: scores[position] ?? 0 }))
      .sort((left, right) => right.score - left.score);
    const lowest = reordered.at(-1)?.score ?? 0;
    return { hits: [...reordered, ...rest.map((hit) => ({ ...hit, score: hit.score * lowest }))], degraded: null };
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code === "cancelled") throw error;
    log.warn({ error }, "reranker failed; the search's own order is kept");
    return { hits, degraded: "The reranker did not answer; hits are in the order of the search itself." };
  }
}

function textOf({ chunk }: Hit): string {
  return [chunk.document.title, ...chunk.headings, chunk.text].join("\n");
}
