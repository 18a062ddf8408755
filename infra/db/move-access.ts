import type { PendingQuery, Row, TransactionSql } from "postgres";

/**
 * Gives parts the sets of access that `wanted` states, rows of `document_id`, `key` and `access_id`. One statement moves parts, chunks and
 * vectors together: no chunk ever has other access than its part.
 */
export function moveAccess(sql: TransactionSql, wanted: PendingQuery<Row[]>): PendingQuery<Row[]> {
  return sql`
    with wanted as (${wanted}), moved_parts as (
      update document_parts part set access_id = wanted.access_id from wanted
      where part.document_id = wanted.document_id and part.key = wanted.key and part.access_id <> wanted.access_id
    ), moved_chunks as (
      update chunks chunk set access_id = wanted.access_id from wanted
      where chunk.document_id = wanted.document_id and chunk.part = wanted.key and chunk.access_id <> wanted.access_id
      returning chunk.id, chunk.access_id
    )
    update chunk_vectors vector set access_id = moved_chunks.access_id from moved_chunks where vector.chunk_id = moved_chunks.id`;
}
