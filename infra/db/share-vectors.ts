import type { Sql } from "postgres";

import type { Connection } from "./connection.ts";
import { arrayLiteral } from "./storable.ts";
import { lacks } from "./unembedded-chunks.ts";
import type { VectorSpace } from "./vector-spaces.ts";

/** See `ChunkVectorStore.share`. */
export async function shareVectors(
  { client }: Connection,
  space: VectorSpace,
  documentIds: readonly string[],
): Promise<number> {
  // Locked against a change of access: a vector never has other access than its chunk.
  const given = await client`
    with bare as materialized (
      select chunk.id, ${textHash(client)} as text_hash
      from chunks chunk join documents document on document.id = chunk.document_id
      where chunk.document_id = any(${arrayLiteral(documentIds)}::text::text[])
        and ${lacks(client, "chunk_vectors", space)}
    ), held as (
      select chunk.id, chunk.access_id, bare.text_hash from bare join chunks chunk on chunk.id = bare.id
      order by chunk.id for share of chunk
    )
    insert into chunk_vectors (chunk_id, space_id, access_id, embedding, text_hash)
    select held.id, ${space.id}, held.access_id, twin.embedding, held.text_hash
    from held cross join lateral (
      select embedding from chunk_vectors vector where vector.space_id = ${space.id} and vector.text_hash = held.text_hash limit 1
    ) twin
    on conflict (chunk_id, space_id) do nothing`;
  return given.count;
}

/** Of what is embedded of `chunk` of `document`: the same hash, the same vector. */
export function textHash(client: Sql) {
  return client`sha256(convert_to(jsonb_build_array(document.title, chunk.headings, chunk.text)::text, 'UTF8'))`;
}
