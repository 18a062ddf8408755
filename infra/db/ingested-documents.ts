import type { ChunkVectors, Document } from "../document.ts";
import { GroundworkError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { IngestedDocuments, IngestionFailure } from "./port.ts";
import { arrayLiteral, storable, storableJson } from "./storable.ts";
import { updateAccess } from "./update-access.ts";
import { writeDocument } from "./write-document.ts";

export function ingestedDocuments(connection: Connection, dimensions: number): IngestedDocuments {
  const { client } = connection;
  return {
    states: (source, keys) =>
      guarded("database", async () => {
        const some = keys === undefined ? null : arrayLiteral(keys);
        const rows = await client<{ key: string; content_hash: string }[]>`
          select key, content_hash from documents
          where source = ${storable(source)} and (${some}::text is null or split_part(key, '#', 1) = any(${some}::text::text[]))`;
        return new Map(rows.map((row) => [row.key, { contentHash: row.content_hash }]));
      }),
    updateAccess: (source, documents) => guarded("database", () => updateAccess(connection, source, documents)),
    recordsBearing: (source, model, attribute, values) =>
      guarded("database", async () => {
        if (values.length === 0) return [];
        const rows = await client<{ record_id: number }[]>`
          with bearing as (
            select id from access_sets access where exists (
              select 1 from jsonb_array_elements(coalesce(access.attributes -> ${attribute}::text, '[]'::jsonb)) as held(value)
              where held.value in (select jsonb_array_elements(${JSON.stringify(values)}::text::jsonb)))
          )
          select distinct document.record_id from documents document
          join document_parts part on part.document_id = document.id
          where part.access_id in (select id from bearing)
            and document.source = ${storable(source)} and document.model = ${storable(model)} and document.record_id is not null`;
        return rows.map((row) => row.record_id);
      }),
    recordsWithLines: (source, lineModel, lineIds) =>
      guarded("database", async () => {
        if (lineIds.length === 0) return [];
        const lines = lineIds.map((id) => [{ line: { model: lineModel, id } }]);
        const rows = await client<{ record_id: number }[]>`
          select distinct document.record_id from documents document
          join document_parts part on part.document_id = document.id
          join jsonb_array_elements(${storableJson(lines)}::text::jsonb) as line(stated) on part.facts @> line.stated
          where document.source = ${storable(source)} and document.record_id is not null`;
        return rows.map((row) => row.record_id);
      }),
    write: (document, vectors) => guarded("database", () => write(connection, document, vectors, dimensions)),
    remove: (source, keys) =>
      guarded("database", async () => {
        if (keys.length === 0) return;
        const gone = arrayLiteral(keys);
        await client`
          with forgotten as (
            delete from ingestion_failures where source = ${storable(source)} and key = any(${gone}::text::text[])
          )
          delete from documents where source = ${storable(source)} and key = any(${gone}::text::text[])`;
      }),
    fail: (failure, { keepEarlier }) => guarded("database", () => fail(connection, failure, keepEarlier)),
    failures: (source) =>
      guarded("database", async () => {
        const rows = await client<{ source: string; key: string; code: string; reason: string; at: string }[]>`
          select source, key, code, reason, at from ingestion_failures
          where ${source === undefined ? null : storable(source)}::text is null or source = ${source === undefined ? null : storable(source)}
          order by source collate "C", key collate "C"`;
        return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
      }),
    vectors: (chunkIds) => guarded("database", () => vectors(connection, chunkIds)),
    unreadable: (limit) =>
      guarded(
        "database",
        async () =>
          client<{ source: string; key: string }[]>`
          select source, key from documents document
          where model = 'file' and not ${hasReader(connection)}
          order by source collate "C", key collate "C" limit ${limit}`,
      ),
    counts: () => guarded("database", () => counts(connection)),
  };
}

async function write(
  connection: Connection,
  document: Document,
  held: ChunkVectors,
  dimensions: number,
): Promise<void> {
  for (const part of document.parts) {
    for (const chunk of part.chunks) {
      const length = held.get(chunk.id)?.length ?? dimensions;
      if (part.text.slice(chunk.start, chunk.end) !== chunk.text || length !== dimensions) {
        throw new GroundworkError(
          "internal",
          length === dimensions
            ? `A chunk of ${document.key} does not lie where it says in its text; the document was not written.`
            : `A vector of ${document.key} has ${length} numbers where ${dimensions} are stored; the document was not written.`,
        );
      }
    }
  }
  await writeDocument(connection, document, held);
}

async function fail(connection: Connection, failure: IngestionFailure, keepEarlier: boolean): Promise<void> {
  const [source, key] = [storable(failure.source), storable(failure.key)];
  await connection.client.begin(async (transaction) => {
    if (!keepEarlier) await transaction`delete from documents where source = ${source} and key = ${key}`;
    await transaction`
      insert into ingestion_failures (source, key, code, reason, at)
      values (${source}, ${key}, ${failure.code}, ${storable(failure.reason)}, ${failure.at})
      on conflict (source, key) do update set code = excluded.code, reason = excluded.reason, at = excluded.at`;
  });
}

async function vectors({ client }: Connection, chunkIds: readonly string[]): Promise<ChunkVectors> {
  if (chunkIds.length === 0) return new Map();
  const rows = await client<{ chunk_id: string; embedding: string }[]>`
    select chunk_id, embedding::text from chunk_vectors where chunk_id = any(${arrayLiteral(chunkIds)}::text::text[])`;
  return new Map(rows.map((row) => [row.chunk_id, Float32Array.from(JSON.parse(row.embedding) as number[])]));
}

/** Whether a part of `document` states a reader: a file's document without any is nobody's. */
function hasReader({ client }: Connection) {
  return client`exists (
    select 1 from document_parts part join access_sets access on access.id = part.access_id
    where part.document_id = document.id and jsonb_array_length(access.attributes -> 'readers') > 0
  )`;
}

async function counts(connection: Connection): Promise<Awaited<ReturnType<IngestedDocuments["counts"]>>> {
  return connection.client<{ source: string; model: string; documents: number; chunks: number; unreadable: number }[]>`
    select source, model, count(*)::int as documents, coalesce(sum(chunks), 0)::int as chunks,
      (count(*) filter (where model = 'file' and not has_reader))::int as unreadable
    from (
      select document.source, document.model,
        (select count(*) from chunks where chunks.document_id = document.id) as chunks,
        ${hasReader(connection)} as has_reader
      from documents document
    ) as each_document
    group by source, model order by source collate "C", model collate "C"`;
}
