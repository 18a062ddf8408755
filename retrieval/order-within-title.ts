import type { ChunkQuery } from "../infra/chunk-index/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import { NO_VECTOR, embedQuestion } from "./embed-question.ts";
import { fuse } from "./fuse.ts";
import { narrowQuestion, titleOf } from "./narrow-question.ts";
import type { Reader } from "./reader.ts";
import { reorderWithin } from "./reorder-within.ts";
import type { SearchOptions } from "./search-options.ts";
import type { Hit, SearchTools } from "./search.ts";

export interface OrderedHits {
  readonly hits: readonly Hit[];
  /** Why the order is less than it should be; null when it is not. */
  readonly degraded: string | null;
}

/**
 * Puts the hits of the title that the question is about in the order of what is asked within it (`narrowQuestion`): a second search over these
 * documents alone, under the same filter. Hits of other titles and the scores of this one as a whole stay what they are. An index that
 * fails here changes nothing and is told. Errors: `cancelled`.
 */
export async function orderWithinTitle(
  hits: readonly Hit[],
  query: ChunkQuery,
  { narrowing, vectorWeight }: SearchOptions,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<OrderedHits> {
  const narrowed = narrowing === null ? null : narrowQuestion(query.text, hits, narrowing);
  if (narrowed === null) return { hits, degraded: null };
  const { text, title, documentIds } = narrowed;
  const { vector, degraded } = query.vector === null ? NO_VECTOR : await embedQuestion(text, tools, signal);
  const within: ChunkQuery = { text, vector, limit: query.limit, selection: { ...query.selection, documentIds } };
  try {
    const candidates = await tools.index.search(within, reader.filter, signal);
    const fitness = new Map(fuse(candidates, vectorWeight).map(({ chunkId, score }) => [chunkId, score]));
    const isOfTitle = (hit: Hit) => titleOf(hit) === title;
    const ordered = reorderWithin(hits, isOfTitle, ({ chunk }) => fitness.get(chunk.chunkId) ?? 0);
    return { hits: ordered, degraded: degraded ?? candidates.degraded ?? null };
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code !== "index") throw error;
    tools.log.warn({ error }, "index failed in mid-search; the question was not narrowed");
    return { hits, degraded: "The search index failed in mid-search; passages are in a rougher order than usual." };
  }
}
