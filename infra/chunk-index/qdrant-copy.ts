import type { Schemas } from "@qdrant/js-client-rest";

import type { ChunkCopy, CopiedDocument, CopyEntry, CopyState } from "./chunk-copy.ts";
import type { Qdrant } from "./qdrant-client.ts";
import {
  aliasedCollection,
  createCollection,
  denseName,
  dropCollections,
  fitness,
  ownCollection,
  type QdrantCollection,
  switchAlias,
} from "./qdrant-collection.ts";
import { documentPoints } from "./qdrant-points.ts";

/** A megabyte or so of vectors in one request. */
const POINTS_AT_ONCE = 256;
const ENTRIES_AT_ONCE = 5_000;
/** For a write that has to wait for the disk, or for other writes. */
const WRITE_MS = 60_000;

/** The written side of the index in Qdrant. */
export function qdrantCopy(qdrant: Qdrant, collection: QdrantCollection): ChunkCopy {
  const { name } = collection;
  return {
    name,
    fitness: () => fitness(qdrant, collection),
    replace: (documents, signal) => replace(qdrant, collection, documents, signal),
    rebuild: (documents, signal) => rebuild(qdrant, collection, documents, signal),
    entries: () => entries(qdrant, name),
    state: () => state(qdrant, collection),
    remove: () => dropCollections(qdrant, collection, null),
  };
}

async function rebuild(
  qdrant: Qdrant,
  collection: QdrantCollection,
  documents: AsyncIterable<readonly CopiedDocument[]>,
  signal: AbortSignal | undefined,
): Promise<number> {
  await ownCollection(qdrant, collection);
  const spaces = await collection.spaces.inUse();
  const made = await createCollection(qdrant, collection, spaces);
  try {
    let chunks = 0;
    for await (const page of documents) {
      const points = page.flatMap((document) => documentPoints(document, spaces));
      await upsert(qdrant, made, points, signal);
      chunks += points.length;
    }
    await switchAlias(qdrant, collection, made);
    return chunks;
  } catch (error) {
    await dropCollections(qdrant, collection, await aliasedCollection(qdrant, collection.name)).catch(() => undefined);
    throw error;
  }
}

async function replace(
  qdrant: Qdrant,
  { name, spaces }: QdrantCollection,
  documents: readonly CopiedDocument[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const used = await spaces.inUse();
  const points = documents.flatMap((document) => documentPoints(document, used));
  await upsert(qdrant, name, points, signal);
  const filter: Schemas["Filter"] = {
    must: [{ key: "document_id", match: { any: documents.map(({ documentId }) => documentId) } }],
    must_not: [{ has_id: points.map(({ id }) => id) }],
  };
  await qdrant.request((api, init) => api.deletePoints({ collection_name: name, wait: true, filter }, init), {
    signal,
    timeoutMs: WRITE_MS,
  });
}

async function upsert(
  qdrant: Qdrant,
  name: string,
  points: readonly Schemas["PointStruct"][],
  signal?: AbortSignal,
): Promise<void> {
  for (let from = 0; from < points.length; from += POINTS_AT_ONCE) {
    const slice = points.slice(from, from + POINTS_AT_ONCE);
    await qdrant.request((api, init) => api.upsertPoints({ collection_name: name, wait: true, points: slice }, init), {
      signal,
      timeoutMs: WRITE_MS,
    });
  }
}

async function* entries(qdrant: Qdrant, name: string): AsyncIterable<readonly CopyEntry[]> {
  let offset: Schemas["ExtendedPointId"] | null = null;
  do {
    const page: Schemas["ScrollResult"] = await qdrant.request(
      (api, init) =>
        api.scrollPoints(
          {
            collection_name: name,
            limit: ENTRIES_AT_ONCE,
            with_payload: ["chunk_id", "access_id"],
            ...(offset === null ? {} : { offset }),
          },
          init,
        ),
      { timeoutMs: WRITE_MS },
    );
    yield page.points.map(({ payload }) => ({
      chunkId: String(payload?.["chunk_id"]),
      accessId: Number(payload?.["access_id"]),
    }));
    offset = (page.next_page_offset ?? null) as Schemas["ExtendedPointId"] | null;
  } while (offset !== null);
}

async function state(qdrant: Qdrant, { name, owner, spaces }: QdrantCollection): Promise<CopyState> {
  const collection = await aliasedCollection(qdrant, name);
  const described = await ownCollection(qdrant, { name, owner });
  if (described === null) return { collection: null, health: "missing", chunks: 0, vectors: 0 };
  const count = (filter: Schemas["Filter"]) =>
    qdrant.request((api, init) => api.countPoints({ collection_name: name, exact: true, filter }, init), {
      timeoutMs: WRITE_MS,
    });
  const searched = await spaces.searched();
  const isHeld = searched !== null && Object.hasOwn(described.config.params.vectors ?? {}, denseName(searched.id));
  const [chunks, vectors] = await Promise.all([
    count({}),
    isHeld ? count({ must: [{ has_vector: denseName(searched.id) }] }) : { count: 0 },
  ]);
  return { collection, health: described.status, chunks: chunks.count, vectors: vectors.count };
}
