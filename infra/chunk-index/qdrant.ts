import type { Schemas } from "@qdrant/js-client-rest";

import type { AccessFilter } from "../../permissions/access-filter.ts";
import { unlessCancelled } from "../db/database-error.ts";
import { GroundworkError } from "../errors.ts";
import type { Candidate, Candidates, ChunkIndex, ChunkQuery } from "./port.ts";
import type { Qdrant } from "./qdrant-client.ts";
import { qdrantQueries } from "./qdrant-query.ts";
import type { ReadableScope } from "./readable-scope.ts";

const NOTHING: Candidates = { keyword: [], vector: [] };

/**
 * The index in Qdrant. Each point carries the id of its set of access attributes; Postgres evaluates the filter over the few distinct sets,
 * with the newest of them, and Qdrant is sent the ids of those that are admitted. So every node of the algebra means what it means in the
 * database, three-valued logic included, and nothing about access is ever translated: see the README's decisions for what was measured.
 * One request to each store. Errors: `index` (also when the copy is not filled yet), `cancelled`.
 */
export function qdrantIndex(
  qdrant: Qdrant,
  name: string,
  readableScope: (filter: AccessFilter, space: number | null) => Promise<ReadableScope>,
): ChunkIndex {
  return {
    search: (query, filter, signal) =>
      unlessCancelled(signal, async () => {
        requireDimensions(query);
        const { filled, ...readable } = await readableScope(filter, query.vector?.space.id ?? null);
        if (filled !== name) {
          throw new GroundworkError("index", "The search index is being filled; try again in a while.", {
            retryable: true,
          });
        }
        if (readable.accessIds.length === 0) return NOTHING;
        return candidates(qdrant, name, qdrantQueries(query, readable), signal);
      }),
  };
}

function requireDimensions({ vector }: ChunkQuery): void {
  if (vector === null || vector.values.length === vector.space.dimensions) return;
  throw new GroundworkError(
    "index",
    `The search index holds vectors of ${vector.space.dimensions} numbers, the question's has ${vector.values.length}.`,
  );
}

async function candidates(
  qdrant: Qdrant,
  name: string,
  { keyword, vector }: ReturnType<typeof qdrantQueries>,
  signal: AbortSignal | undefined,
): Promise<Candidates> {
  const searches = [keyword, vector].filter((query) => query !== null);
  if (searches.length === 0) return NOTHING;
  const answers = await qdrant.request((api, init) => api.queryBatchPoints({ collection_name: name, searches }, init), {
    signal,
  });
  if (!Array.isArray(answers) || answers.length !== searches.length) throw incomplete();
  const lists = answers.map(({ points }) => best(points));
  return {
    keyword: keyword === null ? [] : (lists[0] ?? []),
    vector: vector === null ? [] : (lists.at(-1) ?? []),
  };
}

function incomplete(): GroundworkError {
  return new GroundworkError("index", "The search index gave half an answer; try again in a moment.", {
    retryable: true,
  });
}

function best(points: readonly Schemas["ScoredPoint"][]): Candidate[] {
  if (!Array.isArray(points)) throw incomplete();
  return points
    .map(({ payload, score }) => {
      const chunkId = payload?.["chunk_id"];
      if (typeof chunkId !== "string" || typeof score !== "number") throw incomplete();
      return { chunkId, score };
    })
    .sort((left, right) => right.score - left.score || (left.chunkId < right.chunkId ? -1 : 1));
}
