import type { ChunkVectors } from "../document.ts";
import { GroundworkError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { freshStatistics } from "./fresh-statistics.ts";
import { shareVectors, textHash } from "./share-vectors.ts";
import { vectorLiteral } from "./storable.ts";
import { type UnembeddedChunk, unembeddedChunks, unembeddedDocuments } from "./unembedded-chunks.ts";
import type { VectorSpace } from "./vector-spaces.ts";

/** The vectors of chunks, each in the space of its embedder. Errors: `database`. */
export interface ChunkVectorStore {
  /** The chunks of these documents that have no vector yet. */
  unembedded(space: VectorSpace, documentIds: readonly string[]): Promise<readonly UnembeddedChunk[]>;
  /** Documents with chunks that have no vector yet, in the order of their ids: `limit` of those after this one. */
  documentsUnembedded(space: VectorSpace, after: string, limit: number): Promise<readonly string[]>;
  /**
   * Gives the chunks of these documents that have no vector the one of a chunk, of whatever document, of which the same was embedded: title,
   * headings and text. Each keeps its own access. Returns how many were given one.
   */
  share(space: VectorSpace, documentIds: readonly string[]): Promise<number>;
  /** Chunks that are gone meanwhile are passed over; those that have a vector keep it. Errors also: `internal`, another length than the space's. */
  add(space: VectorSpace, vectors: ChunkVectors): Promise<void>;
}

/** `onWritten` is told how many vectors have just been written. */
export function chunkVectorStore(connection: Connection, onWritten = freshStatistics(connection)): ChunkVectorStore {
  const { client } = connection;
  return {
    unembedded: (space, documentIds) =>
      guarded("database", () => unembeddedChunks(client, "chunk_vectors", space, documentIds)),
    documentsUnembedded: (space, after, limit) =>
      guarded("database", () => unembeddedDocuments(client, "chunk_vectors", space, after, limit)),
    share: (space, documentIds) => guarded("database", () => shareVectors(connection, space, documentIds)),
    async add(space, vectors) {
      await guarded("database", () => addVectors(connection, space, vectors));
      await onWritten(vectors.size);
    },
  };
}

async function addVectors(
  { client }: Connection,
  { id, dimensions }: VectorSpace,
  vectors: ChunkVectors,
): Promise<void> {
  for (const [chunkId, { length }] of vectors) {
    if (length === dimensions) continue;
    const message = `The vector of chunk ${chunkId} has ${length} numbers where ${dimensions} are stored; nothing was stored.`;
    throw new GroundworkError("internal", message);
  }
  const rows = Array.from(vectors, ([chunkId, vector]) => ({ id: chunkId, embedding: vectorLiteral(vector) }));
  // Locked against a change of access: a vector never has other access than its chunk.
  await client`
    with held as (
      select chunk.id, chunk.access_id, stated.embedding, ${textHash(client)} as text_hash
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as stated(id text, embedding text)
      join chunks chunk on chunk.id = stated.id join documents document on document.id = chunk.document_id
      order by chunk.id for share of chunk
    )
    insert into chunk_vectors (chunk_id, space_id, access_id, embedding, text_hash)
    select id, ${id}, access_id, embedding::vector, text_hash from held on conflict (chunk_id, space_id) do nothing`;
}
