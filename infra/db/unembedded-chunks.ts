import type { Sql } from "postgres";

import { arrayLiteral } from "./storable.ts";
import type { VectorSpace } from "./vector-spaces.ts";

/** A text that has no vector, or no tokens, yet. */
export interface UnembeddedChunk {
  readonly chunkId: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly text: string;
}

/** What an embedder makes of chunks, by table. */
type Made = "chunk_vectors" | "chunk_tokens";

/** Whether `chunk` has none of it in the space. */
export function lacks(client: Sql, made: Made, { id }: VectorSpace) {
  return client`not exists (select from ${client(made)} made where made.chunk_id = chunk.id and made.space_id = ${id})`;
}

/** The chunks of these documents that have none of it. */
export async function unembeddedChunks(
  client: Sql,
  made: Made,
  space: VectorSpace,
  documentIds: readonly string[],
): Promise<readonly UnembeddedChunk[]> {
  return client<UnembeddedChunk[]>`
    select chunk.id as "chunkId", document.title, chunk.headings, chunk.text
    from chunks chunk join documents document on document.id = chunk.document_id
    where chunk.document_id = any(${arrayLiteral(documentIds)}::text::text[]) and ${lacks(client, made, space)}
    order by chunk.document_id, chunk.part, chunk.start`;
}

/** Documents with chunks that have none of it, in the order of their ids: `limit` of those after this one. */
export async function unembeddedDocuments(
  client: Sql,
  made: Made,
  space: VectorSpace,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await client<{ document_id: string }[]>`
    select distinct chunk.document_id from chunks chunk
    where chunk.document_id > ${after} and ${lacks(client, made, space)} order by chunk.document_id limit ${limit}`;
  return rows.map((row) => row.document_id);
}
