import { createHash } from "node:crypto";

import type { PendingQuery, Row, TransactionSql } from "postgres";

import { termIds } from "../chunk-index/terms.ts";
import { itemKey, type Chunk, type Document, type DocumentPart } from "../document.ts";
import { accessIds } from "./access-sets.ts";
import type { Connection } from "./connection.ts";
import { moveAccess } from "./move-access.ts";
import { changedSince } from "./note-changed.ts";
import { storable, storableJson } from "./storable.ts";

const MOST_FREQUENT = 32_767;

/**
 * Replaces documents of one source whole, in one transaction; see `IngestedDocuments.write`. Rows travel as one JSON value per table: one
 * round trip, one prepared statement, however many documents.
 */
export async function writeDocuments(
  connection: Connection,
  source: string,
  documents: readonly Document[],
  readAt: number | undefined,
): Promise<ReadonlySet<string>> {
  return connection.client.begin(async (transaction) => {
    const keys = documents.map(({ key }) => itemKey(key));
    const changed = readAt === undefined ? new Set() : await changedSince(transaction, source, keys, readAt);
    // In one order, so that writers of the same documents wait for each other and never in a circle.
    const current = documents.filter(({ key }) => !changed.has(itemKey(key))).toSorted(byId);
    if (current.length === 0) return new Set();
    const accessId = await accessIds(
      transaction,
      current.flatMap(({ parts }) => parts.map((part) => part.access)),
    );
    const ids = JSON.stringify(current.map(({ id }) => id));
    const held = await transaction`
      select from documents where id in (select jsonb_array_elements_text(${ids}::text::jsonb)) limit 1`;
    const rows = rowsOf(transaction, current, accessId, ids);
    // Sent in this order without waiting for each answer: the first that fails fails the rest and the transaction. `execute`, because
    // a statement that is merely awaited is sent later than its place in the list says.
    await Promise.all(statements(rows, held.length > 0).map((statement) => statement.execute()));
    return new Set(current.map(({ id }) => id));
  });
}

function byId(left: Document, right: Document): number {
  return left.id < right.id ? -1 : 1;
}

type Statement = PendingQuery<Row[]>;
type AccessId = (attributes: DocumentPart["access"]) => number;

/** The rows of the documents, as JSON. */
interface Rows {
  readonly sql: TransactionSql;
  readonly ids: string;
  readonly heads: string;
  readonly parts: string;
  readonly chunks: string;
}

function rowsOf(sql: TransactionSql, documents: readonly Document[], accessId: AccessId, ids: string): Rows {
  const parts = documents.flatMap((document) =>
    document.parts.map((part) => ({ document, part, accessId: accessId(part.access) })),
  );
  return {
    sql,
    ids,
    heads: storableJson(documents.map(headRow)),
    parts: storableJson(parts.map((each) => partRow(each.document.id, each.part, each.accessId))),
    chunks: storableJson(
      parts.flatMap((each) =>
        each.part.chunks.map((chunk) => chunkRow(each.document, each.part.key, chunk, each.accessId)),
      ),
    ),
  };
}

/** Where none of the documents is held there is nothing to compare with; one that appears meanwhile clashes, and is written again. */
function statements(rows: Rows, isSomeHeld: boolean): readonly Statement[] {
  return [
    writeHeads(rows),
    ...(isSomeHeld
      ? [removeParts(rows), moveAccess(rows.sql, rows.sql`select document_id, key, access_id from ${partRows(rows)}`)]
      : []),
    writeParts(rows),
    ...(isSomeHeld ? [removeChunks(rows), moveChunks(rows)] : []),
    addChunks(rows),
    forgetFailures(rows),
  ];
}

function writeHeads(rows: Rows): Statement {
  return rows.sql`
    insert into documents (id, source, key, kind, title, model, record_id, url, content_hash, metadata)
    select id, source, key, kind, title, model, record_id, url, content_hash, metadata
    from jsonb_to_recordset(${rows.heads}::text::jsonb) as head(id text, source text, key text, kind text, title text, model text,
      record_id integer, url text, content_hash text, metadata jsonb)
    order by id
    on conflict (id) do update set
      source = excluded.source, key = excluded.key, kind = excluded.kind, title = excluded.title, model = excluded.model,
      record_id = excluded.record_id, url = excluded.url, content_hash = excluded.content_hash, metadata = excluded.metadata`;
}

function removeParts(rows: Rows): Statement {
  return rows.sql`
    delete from document_parts part where ${ofTheDocuments(rows)} and not exists (
      select from ${partRows(rows)} where stated.document_id = part.document_id and stated.key = part.key)`;
}

function writeParts(rows: Rows): Statement {
  return rows.sql`
    insert into document_parts (document_id, key, text, text_hash, facts, access_id, file_key, file)
    select document_id, key, text, text_hash, facts, access_id, file_key, file from ${partRows(rows)}
    on conflict (document_id, key) do update set text = excluded.text, text_hash = excluded.text_hash, facts = excluded.facts,
      file_key = excluded.file_key, file = excluded.file`;
}

function removeChunks(rows: Rows): Statement {
  return rows.sql`
    delete from chunks part where ${ofTheDocuments(rows)} and not exists (
      select from ${chunkRows(rows)} where stated.id = part.id and stated.text = part.text and stated.headings = part.headings)`;
}

/** What stays the same in its words may lie elsewhere, or be cut into other terms by a later version. */
function moveChunks(rows: Rows): Statement {
  return rows.sql`
    update chunks chunk set start = stated.start, "end" = stated."end", page = stated.page,
      length = stated.length, terms = stated.terms, frequencies = stated.frequencies
    from ${chunkRows(rows)}
    where chunk.id = stated.id and chunk.document_id = stated.document_id
      and (chunk.start, chunk."end", chunk.page, chunk.terms, chunk.frequencies)
        is distinct from (stated.start, stated."end", stated.page, stated.terms, stated.frequencies)`;
}

function addChunks(rows: Rows): Statement {
  return rows.sql`
    insert into chunks (id, document_id, part, start, "end", page, headings, text, access_id, length, terms, frequencies)
    select id, document_id, part, start, "end", page, headings, text, access_id, length, terms, frequencies
    from ${chunkRows(rows)}
    where not exists (select from chunks held where held.id = stated.id and held.document_id = stated.document_id)`;
}

function forgetFailures(rows: Rows): Statement {
  return rows.sql`
    delete from ingestion_failures failure using jsonb_to_recordset(${rows.heads}::text::jsonb) as head(source text, key text)
    where failure.source = head.source and failure.key = head.key`;
}

function ofTheDocuments(rows: Rows) {
  return rows.sql`part.document_id in (select jsonb_array_elements_text(${rows.ids}::text::jsonb))`;
}

function partRows(rows: Rows) {
  return rows.sql`jsonb_to_recordset(${rows.parts}::text::jsonb) as stated(document_id text, key text, text text, text_hash text,
    facts jsonb, access_id integer, file_key text, file jsonb)`;
}

function chunkRows(rows: Rows) {
  return rows.sql`jsonb_to_recordset(${rows.chunks}::text::jsonb) as stated(id text, document_id text, part text, start integer,
    "end" integer, page integer, headings jsonb, text text, access_id integer, length integer, terms integer[], frequencies smallint[])`;
}

function headRow(document: Document) {
  const { id, source, key, kind, title, model, url, metadata } = document;
  const { recordId: record_id, contentHash: content_hash } = document;
  return { id, source, key, kind, title, model, record_id, url, content_hash, metadata };
}

function partRow(document_id: string, { key, text, facts, file: origin }: DocumentPart, access_id: number) {
  // Of the text as it is stored.
  const text_hash = createHash("sha256").update(storable(text)).digest("hex");
  const { key: file_key, ...file } = origin ?? {};
  return { document_id, key, text, text_hash, facts, access_id, ...(origin === undefined ? {} : { file_key, file }) };
}

/** A chunk is found by its own words and by those of the titles above it. */
function chunkRow({ id: document_id, title }: Document, part: string, chunk: Chunk, access_id: number) {
  const counts = new Map<number, number>();
  let length = 0;
  for (const text of [title, ...chunk.headings, chunk.text]) {
    for (const id of termIds(text)) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      length++;
    }
  }
  const frequencies = Array.from(counts.values(), (count) => Math.min(count, MOST_FREQUENT));
  return { ...chunk, document_id, part, access_id, length, terms: [...counts.keys()], frequencies };
}
