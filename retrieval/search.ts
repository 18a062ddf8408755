import type { Candidates, ChunkIndex, ChunkQuery, ChunkSelection } from "../infra/chunk-index/port.ts";
import type { ChunkTokens } from "../infra/db/chunk-tokens.ts";
import type { ChunkContextKind, ReadableChunk, ReadableDocuments } from "../infra/db/port.ts";
import type { Embedders } from "../infra/embedders.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { Log } from "../infra/log.ts";
import type { Reranker } from "../infra/models/port.ts";
import { withDocumentEvidence } from "./document-evidence.ts";
import { NO_VECTOR, embedQuestion } from "./embed-question.ts";
import { feedbackTerms } from "./feedback.ts";
import { type FusedCandidate, fuse } from "./fuse.ts";
import { inForceFirst, supersededVersions } from "./in-force.ts";
import { withLateInteraction } from "./late-interaction.ts";
import { withLikenessEvidence } from "./likeness-evidence.ts";
import { orderWithinTitle } from "./order-within-title.ts";
import type { RankingMemory } from "./ranking-memory.ts";
import type { Reader } from "./reader.ts";
import { type ReadTokens, readTokens } from "./read-tokens.ts";
import { rerank } from "./rerank.ts";
import { spreadOverDocuments } from "./spread-over-documents.ts";
import { DEFAULT_SEARCH_OPTIONS, type SearchOptions } from "./search-options.ts";
import { withWindowEvidence } from "./window-evidence.ts";

export interface SearchRequest {
  readonly query: string;
  readonly selection?: ChunkSelection;
  readonly limit: number;
  /** What comes with each hit from around it; absent: nothing. It changes nothing of what is found. */
  readonly context?: ChunkContextKind;
  /** For measuring; everybody else takes the defaults. */
  readonly options?: SearchOptions;
}

export interface Hit {
  readonly chunk: ReadableChunk;
  /** 0 to 1, comparable within one search only; computed over what the reader may read. */
  readonly score: number;
}

export interface SearchResult {
  readonly hits: readonly Hit[];
  /** Why the search did less than it should, such as without vectors; null when it did not. */
  readonly degraded: string | null;
  /** Versions among the hits that a document in force supersedes. */
  readonly superseded: ReadonlySet<string>;
}

export interface SearchTools {
  readonly index: ChunkIndex;
  readonly embedders: Pick<Embedders, "configured" | "embedQuestion">;
  readonly readable: ReadableDocuments;
  readonly log: Log;
  /** Absent: passages are compared by their vectors and words alone. */
  readonly tokens?: Pick<ChunkTokens, "of">;
  /** Absent: every ranking is made anew. */
  readonly rankings?: RankingMemory;
  /** Absent or null: hits stay in the order of the search. */
  readonly reranker?: Reranker | null;
}

/** How many candidates each list contributes; fusion was measured at this depth. */
const CANDIDATES = 300;
/** How many of the best are weighed against each other, whatever is asked for: a longer list begins as a shorter one does. */
const RANKED = 100;
/** Hits that are hydrated beyond those asked for, so that rechecks and expired documents do not starve the result. */
const SPARE = 20;

const WITHOUT_VECTORS =
  "Some of what you may read is still being prepared and was searched by its words alone; ask again in a while.";

/**
 * What the reader may read that fits the query, best first. The access filter decides inside the index, and every hit is checked
 * again against the newest attributes before its text leaves the database layer.
 * Errors: `index`, `database`, `cancelled`. A failing embedder degrades to keywords; what the index says of itself is passed on.
 */
export async function search(
  request: SearchRequest,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<SearchResult> {
  const lacking = toldWithoutVectors(request, reader, tools, signal);
  const recalled = (await tools.rankings?.recall(request, reader)) ?? null;
  const ranking = recalled?.ranking ?? null;
  const { hits, degraded } =
    ranking === null
      ? await rankHits(request, reader, tools, signal)
      : { hits: await hydrate(ranking, ranking.length, request, reader, tools, signal), degraded: null };
  const found = [degraded, await lacking, tools.readable.degraded?.() ?? null].filter((note) => note !== null);
  if (recalled !== null && ranking === null && found.length === 0) {
    await recalled.remember(hits.map(({ chunk, score }) => ({ chunkId: chunk.chunkId, score })));
  }
  const reranked = await rerank(request.query, hits, tools, signal);
  const notes = reranked.degraded === null ? found : [...found, reranked.degraded];
  const superseded = await supersededVersions(reranked.hits, reader, tools.readable, signal);
  const current = inForceFirst(reranked.hits, reader.policy.takenAt, superseded);
  return {
    hits: spreadOverDocuments(current).slice(0, request.limit),
    superseded,
    degraded: notes.length === 0 ? null : notes.join(" "),
  };
}

/** A sentence for the reader while some of what that reader may read has no vectors yet. A fault is met by whoever awaits it. */
function toldWithoutVectors(
  { options = DEFAULT_SEARCH_OPTIONS }: SearchRequest,
  reader: Reader,
  { readable }: SearchTools,
  signal?: AbortSignal,
): Promise<string | null> {
  if (options.vectorWeight <= 0 || readable.lacksVectors === undefined) return Promise.resolve(null);
  const told = readable.lacksVectors(reader.filter, signal).then((lacks) => (lacks ? WITHOUT_VECTORS : null));
  told.catch(() => undefined);
  return told;
}

/** More hits than asked for, best first. */
async function rankHits(
  request: SearchRequest,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<Pick<SearchResult, "hits" | "degraded">> {
  const { selection, options = DEFAULT_SEARCH_OPTIONS } = request;
  const { vector, degraded } = options.vectorWeight > 0 ? await embedQuestion(request.query, tools, signal) : NO_VECTOR;
  const query = {
    text: options.vectorWeight < 1 || vector === null ? request.query : "",
    vector,
    limit: Math.max(CANDIDATES, request.limit),
    ...(selection === undefined ? {} : { selection }),
  };
  const wanted = request.limit + SPARE;
  const first = await tools.index.search(query, reader.filter, signal);
  const ranked = async (found: Candidates, read: readonly Hit[] = []) =>
    hydrate(fuse(found, options.vectorWeight), Math.max(RANKED, wanted), request, reader, tools, signal, read);
  const firstHits = await ranked(first);
  const candidates =
    query.text === "" ? first : await withFeedback(first, firstHits, query, options, reader, tools, signal);
  const fused = candidates === first ? firstHits : await ranked(candidates, firstHits);
  const told = await readTokens(vector, fused.slice(0, RANKED), options, tools);
  const weighed = await weigh(fused.slice(0, RANKED), query.text, candidates, told, options);
  const ordered = await orderWithinTitle(weighed, query, options, reader, tools, signal);
  const notes = [...new Set([degraded, candidates.degraded, ordered.degraded])].filter(
    (note) => note !== null && note !== undefined,
  );
  return {
    hits: [...ordered.hits, ...fused.slice(RANKED)].slice(0, wanted),
    degraded: notes.length === 0 ? null : notes.join(" "),
  };
}

/** The best hits, with what can be told from their texts and tokens beside each other. */
async function weigh(
  hits: readonly Hit[],
  question: string,
  candidates: Candidates,
  { question: asked, bits, dimensions }: ReadTokens,
  { documentWeight, window, lateInteraction, likeness }: SearchOptions,
): Promise<readonly Hit[]> {
  const found = Math.max(candidates.keyword.length, candidates.vector.length);
  const met = asked.length === 0 ? hits : await withLateInteraction(asked, hits, bits, lateInteraction);
  const near = window !== null && found < window.below ? withWindowEvidence(question, met, window) : met;
  const weighed = withDocumentEvidence(near, documentWeight);
  if (likeness === null || bits.size === 0 || found < likeness.among) return weighed;
  return withLikenessEvidence(weighed, bits, dimensions, likeness);
}

/** The keyword list anew, with what the best hits of both lists add to the question; the vector list as it was. */
async function withFeedback(
  first: Candidates,
  hits: readonly Hit[],
  query: ChunkQuery,
  { feedback }: SearchOptions,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<Candidates> {
  if (feedback === null || Math.max(first.keyword.length, first.vector.length) < feedback.among) return first;
  const expansion = feedbackTerms(query.text, hits, feedback);
  if (expansion.length === 0) return first;
  try {
    const again = { ...query, vector: null, expansion };
    const { keyword, degraded = first.degraded } = await tools.index.search(again, reader.filter, signal);
    return { keyword, vector: first.vector, ...(degraded === undefined ? {} : { degraded }) };
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code !== "index") throw error;
    tools.log.warn({ error }, "index failed in mid-search; the first lists are kept");
    return { ...first, degraded: "The search index failed in mid-search; fewer words were searched for than usual." };
  }
}

/** The foremost with their texts; those that this search has `read` and rechecked already are not read again. */
async function hydrate(
  fused: readonly FusedCandidate[],
  limit: number,
  { context }: SearchRequest,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
  read: readonly Hit[] = [],
): Promise<readonly Hit[]> {
  const best = fused.slice(0, limit);
  const chunks = new Map(read.map(({ chunk }) => [chunk.chunkId, chunk]));
  const unread = best.map(({ chunkId }) => chunkId).filter((chunkId) => !chunks.has(chunkId));
  if (unread.length > 0) {
    for (const chunk of await tools.readable.chunks(unread, reader.filter, signal, context))
      chunks.set(chunk.chunkId, chunk);
  }
  return best.flatMap(({ chunkId, score }) => {
    const chunk = chunks.get(chunkId);
    return chunk === undefined ? [] : [{ chunk, score }];
  });
}
