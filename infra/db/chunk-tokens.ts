import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { textHash } from "./share-vectors.ts";
import { arrayLiteral } from "./storable.ts";
import { lacks, type UnembeddedChunk, unembeddedChunks, unembeddedDocuments } from "./unembedded-chunks.ts";
import type { VectorSpace } from "./vector-spaces.ts";

/**
 * What the tokens of chunks mean (`packSigns`), in the space of the embedder that made it, beside the vectors in a table of its own: vectors are
 * scanned, and this would push them out of their rows. Errors: `database`.
 */
export interface ChunkTokens {
  /** Replaces what is held; chunks that are gone meanwhile, or have no vector, are passed over: whoever has tokens has a vector. */
  add(space: VectorSpace, tokens: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** Gives the chunks of these documents that lack tokens in the space those of a chunk, of whatever document, of which the same was embedded. */
  share(space: VectorSpace, documentIds: readonly string[]): Promise<void>;
  /** The chunks of these documents that lack tokens in the space, those that lack a vector among them. */
  lacking(space: VectorSpace, documentIds: readonly string[]): Promise<readonly UnembeddedChunk[]>;
  /** Documents with chunks that lack tokens in the space, in the order of their ids: `limit` of those after this one. */
  documentsLacking(space: VectorSpace, after: string, limit: number): Promise<readonly string[]>;
  /** Of these chunks, which the caller has rechecked. Never text, yet made of it. */
  of(space: VectorSpace, chunkIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

export function chunkTokens({ client }: Connection): ChunkTokens {
  return {
    add: (space, tokens) =>
      guarded("database", async () => {
        const rows = Array.from(tokens, ([id, bits]) => ({ id, bits: Buffer.from(bits).toString("base64") }));
        await client`
          insert into chunk_tokens (chunk_id, space_id, bits)
          select chunk.id, ${space.id}, decode(stated.bits, 'base64')
          from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as stated(id text, bits text)
          join chunks chunk on chunk.id = stated.id
          where exists (select from chunk_vectors vector where vector.chunk_id = chunk.id and vector.space_id = ${space.id})
          order by chunk.id for key share of chunk
          on conflict (chunk_id, space_id) do update set bits = excluded.bits`;
      }),
    share: (space, documentIds) =>
      guarded("database", async () => {
        await client`
          with bare as materialized (
            select chunk.id, ${textHash(client)} as text_hash
            from chunks chunk join documents document on document.id = chunk.document_id
            where chunk.document_id = any(${arrayLiteral(documentIds)}::text::text[]) and ${lacks(client, "chunk_tokens", space)}
              and exists (select from chunk_vectors vector where vector.chunk_id = chunk.id and vector.space_id = ${space.id})
          )
          insert into chunk_tokens (chunk_id, space_id, bits)
          select bare.id, ${space.id}, twin.bits
          from bare cross join lateral (
            select held.bits from chunk_vectors vector
            join chunk_tokens held on held.chunk_id = vector.chunk_id and held.space_id = vector.space_id
            where vector.text_hash = bare.text_hash and held.space_id = ${space.id} limit 1
          ) twin
          order by bare.id
          on conflict (chunk_id, space_id) do update set bits = excluded.bits`;
      }),
    lacking: (space, documentIds) =>
      guarded("database", () => unembeddedChunks(client, "chunk_tokens", space, documentIds)),
    documentsLacking: (space, after, limit) =>
      guarded("database", () => unembeddedDocuments(client, "chunk_tokens", space, after, limit)),
    of: (space, chunkIds) =>
      guarded("database", async () => {
        if (chunkIds.length === 0) return new Map();
        const rows = await client<{ chunk_id: string; bits: Uint8Array }[]>`
          select chunk_id, bits from chunk_tokens
          where chunk_id = any(${arrayLiteral(chunkIds)}::text::text[]) and space_id = ${space.id}`;
        return new Map(rows.map(({ chunk_id, bits }) => [chunk_id, bits]));
      }),
  };
}
