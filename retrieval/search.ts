import type { ChunkIndex, ChunkSelection } from "../infra/chunk-index/port.ts";
import type { ReadableChunk, ReadableDocuments } from "../infra/db/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { Log } from "../infra/log.ts";
import type { Embedder } from "../infra/models/port.ts";
import { fuse } from "./fuse.ts";
import { inForceFirst } from "./in-force.ts";
import type { Reader } from "./reader.ts";

export interface SearchRequest {
  readonly query: string;
  readonly selection?: ChunkSelection;
  readonly limit: number;
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
}

export interface SearchTools {
  readonly index: ChunkIndex;
  readonly embedder: Embedder;
  readonly readable: ReadableDocuments;
  readonly log: Log;
}

/** How many candidates each list contributes; fusion was measured at this depth. */
const CANDIDATES = 100;
/** Hits that are hydrated beyond those asked for, so that rechecks and expired documents do not starve the result. */
const SPARE = 20;

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
  const { vector, degraded } = await embedQuery(request.query, tools, signal);
  const query = {
    text: request.query,
    vector,
    limit: Math.max(CANDIDATES, request.limit),
    ...(request.selection === undefined ? {} : { selection: request.selection }),
  };
  const candidates = await tools.index.search(query, reader.filter, signal);
  const fused = fuse(candidates);
  const hits = await hydrate(fused, request.limit + SPARE, reader, tools, signal);
  const notes = [degraded, candidates.degraded, tools.readable.degraded?.()].filter(
    (note) => note !== null && note !== undefined,
  );
  return {
    hits: inForceFirst(hits, reader.policy.takenAt).slice(0, request.limit),
    degraded: notes.length === 0 ? null : notes.join(" "),
  };
}

async function embedQuery(query: string, tools: SearchTools, signal?: AbortSignal) {
  try {
    const [vector] = await tools.embedder.embed([query], signal);
    return { vector: vector ?? null, degraded: null };
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code === "cancelled") throw error;
    tools.log.warn({ error }, "query not embedded; searching by keyword alone");
    return { vector: null, degraded: "Searched by keyword alone: the embedding model did not answer." };
  }
}

async function hydrate(
  fused: readonly { readonly chunkId: string; readonly score: number }[],
  limit: number,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<readonly Hit[]> {
  const best = fused.slice(0, limit);
  const scores = new Map(best.map(({ chunkId, score }) => [chunkId, score]));
  const chunks = await tools.readable.chunks(
    best.map(({ chunkId }) => chunkId),
    reader.filter,
    signal,
  );
  return chunks.map((chunk) => ({ chunk, score: scores.get(chunk.chunkId) ?? 0 }));
}
