import { createHash } from "node:crypto";

import type { PendingQuery, Row, TransactionSql } from "postgres";

import { termIds } from "../chunk-index/terms.ts";
import type { Chunk, ChunkVectors, Document, DocumentPart } from "../document.ts";
import { accessIds } from "./access-sets.ts";
import type { Connection } from "./connection.ts";
import { storable, storableJson, vectorLiteral } from "./storable.ts";

const MOST_FREQUENT = 32_767;

/** Replaces one document whole in one transaction. Rows travel as one JSON value per table: one round trip, one prepared statement. */
export async function writeDocument(connection: Connection, document: Document, vectors: ChunkVectors): Promise<void> {
  await connection.client.begin(async (transaction) => {
    const accessId = await accessIds(
      transaction,
      document.parts.map((part) => part.access),
    );
    const statements = [
      writeHead(transaction, document),
      transaction`delete from document_parts where document_id = ${document.id}`,
      writeParts(transaction, document, accessId),
      writeChunks(transaction, document, accessId),
      writeVectors(transaction, document, vectors, accessId),
      transaction`delete from ingestion_failures where source = ${storable(document.source)} and key = ${storable(document.key)}`,
    ];
    // Sent in this order without waiting for each answer: the first that fails fails the rest and the transaction. `execute`, because
    // a statement that is merely awaited is sent later than its place in the list says.
    await Promise.all(statements.map((statement) => statement.execute()));
  });
}

type Statement = PendingQuery<Row[]>;
type AccessId = (attributes: DocumentPart["access"]) => number;

function writeHead(transaction: TransactionSql, document: Document): Statement {
  return transaction`
    insert into documents (id, source, key, kind, title, model, record_id, url, content_hash, metadata)
    values (${document.id}, ${storable(document.source)}, ${storable(document.key)}, ${storable(document.kind)}, ${storable(document.title)},
      ${document.model}, ${document.recordId}, ${document.url}, ${document.contentHash}, ${storableJson(document.metadata)}::text::jsonb)
    on conflict (id) do update set
      source = excluded.source, key = excluded.key, kind = excluded.kind, title = excluded.title, model = excluded.model,
      record_id = excluded.record_id, url = excluded.url, content_hash = excluded.content_hash, metadata = excluded.metadata`;
}

function writeParts(transaction: TransactionSql, document: Document, accessId: AccessId): Statement {
  const rows = document.parts.map((part) => ({
    key: part.key,
    text: part.text,
    text_hash: textHash(part.text),
    facts: part.facts,
    access_id: accessId(part.access),
  }));
  return transaction`
    insert into document_parts (document_id, key, text, text_hash, facts, access_id)
    select ${document.id}, key, text, text_hash, facts, access_id
    from jsonb_to_recordset(${storableJson(rows)}::text::jsonb) as part(key text, text text, text_hash text, facts jsonb, access_id integer)`;
}

/** Of the text as it is stored. */
function textHash(text: string): string {
  return createHash("sha256").update(storable(text)).digest("hex");
}

function writeChunks(transaction: TransactionSql, document: Document, accessId: AccessId): Statement {
  const rows = document.parts.flatMap((part) => {
    const access_id = accessId(part.access);
    return part.chunks.map((chunk) => ({ ...chunk, part: part.key, access_id, ...countTerms(document.title, chunk) }));
  });
  return transaction`
    insert into chunks (id, document_id, part, start, "end", page, headings, text, access_id, length, terms, frequencies)
    select id, ${document.id}, part, start, "end", page, headings, text, access_id, length, terms, frequencies
    from jsonb_to_recordset(${storableJson(rows)}::text::jsonb) as chunk(id text, part text, start integer, "end" integer, page integer,
      headings jsonb, text text, access_id integer, length integer, terms integer[], frequencies smallint[])`;
}

function writeVectors(
  transaction: TransactionSql,
  document: Document,
  vectors: ChunkVectors,
  accessId: AccessId,
): Statement {
  const rows = document.parts.flatMap((part) => {
    const access_id = accessId(part.access);
    return part.chunks.flatMap((chunk) => {
      const vector = vectors.get(chunk.id);
      return vector === undefined ? [] : [{ id: chunk.id, access_id, embedding: vectorLiteral(vector) }];
    });
  });
  return transaction`
    insert into chunk_vectors (chunk_id, access_id, embedding)
    select id, access_id, embedding::vector
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as chunk(id text, access_id integer, embedding text)`;
}

/** A chunk is found by its own words and by those of the titles above it. */
function countTerms(title: string, chunk: Chunk): { length: number; terms: number[]; frequencies: number[] } {
  const counts = new Map<number, number>();
  let length = 0;
  for (const text of [title, ...chunk.headings, chunk.text]) {
    for (const id of termIds(text)) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      length++;
    }
  }
  return {
    length,
    terms: [...counts.keys()],
    frequencies: Array.from(counts.values(), (count) => Math.min(count, MOST_FREQUENT)),
  };
}
