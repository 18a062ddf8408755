import type { Reader } from "../../retrieval/reader.ts";
import { DEFAULT_SEARCH_OPTIONS, type SearchOptions } from "../../retrieval/search-options.ts";
import { search, type SearchTools } from "../../retrieval/search.ts";
import { fieldLabel, passageId } from "./corpus-source.ts";
import type { Query } from "./read-collection.ts";
import { type RankedDocument, trecOrder } from "./score-run.ts";

/** Documents of a query that a run holds. */
const DEPTH = 100;
/** Chunks that are asked for, so that enough documents come together where they are long. */
const CHUNKS = 300;

/**
 * The best documents for the query, in trec_eval's order: what a reader's question would find, each document with the score of its best
 * chunk. Errors: those of `search`.
 */
export async function rankDocuments(
  query: Query,
  reader: Reader,
  tools: SearchTools,
  options: SearchOptions = DEFAULT_SEARCH_OPTIONS,
): Promise<readonly RankedDocument[]> {
  if (query.text.trim() === "") return [];
  const { hits } = await search({ query: query.text, limit: CHUNKS, options, ...narrowed(query) }, reader, tools);
  const best = new Map<string, number>();
  for (const { chunk, score } of hits) {
    const id = passageId(chunk.document.key);
    if (!query.exclude.has(id)) best.set(id, Math.max(score, best.get(id) ?? 0));
  }
  return trecOrder([...best].map(([id, score]) => ({ id, score }))).slice(0, DEPTH);
}

function narrowed({ filter }: Query) {
  return filter === null ? {} : { selection: { labels: [fieldLabel(filter.field, filter.value)] } };
}
