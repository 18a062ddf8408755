import type { Document } from "../document.ts";
import { GroundworkError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { failureStore } from "./failure-store.ts";
import { fileTwin } from "./file-twin.ts";
import { freshStatistics } from "./fresh-statistics.ts";
import { noteChanged } from "./note-changed.ts";
import type { IngestedDocuments } from "./port.ts";
import { keysWithin } from "./source-scope.ts";
import { arrayLiteral, storable, storableJson } from "./storable.ts";
import { updateAccess } from "./update-access.ts";
import { writeDocuments } from "./write-documents.ts";

/** `onWritten` is told how many documents or vectors have just been written. */
export function ingestedDocuments(connection: Connection, onWritten = freshStatistics(connection)): IngestedDocuments {
  const { client } = connection;
  return {
    states: (source, scope = "all") =>
      guarded("database", async () => {
        const rows = await client<{ key: string; content_hash: string }[]>`
          select key, content_hash from documents where source = ${storable(source)} and ${keysWithin(client, scope)}`;
        return new Map(rows.map((row) => [row.key, { contentHash: row.content_hash }]));
      }),
    models: (source) =>
      guarded("database", async () => {
        const rows = await client<{ model: string }[]>`
          select model from documents where source = ${storable(source)} group by model order by model collate "C"`;
        return rows.map(({ model }) => model);
      }),
    moment: () =>
      guarded("database", async () => {
        const [row] = await client<{ moment: number }[]>`select nextval('ingestion_moments')::float8 as moment`;
        return row?.moment ?? 0;
      }),
    noteChanged: (source, items, moment) => guarded("database", () => noteChanged(connection, source, items, moment)),
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
    async write(documents, readAt) {
      const written = await guarded("database", () => write(connection, documents, readAt));
      await onWritten(written.size);
      return written;
    },
    twin: (fileKey) => guarded("database", () => fileTwin(connection, fileKey)),
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
    ...failureStore(connection),
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
  documents: readonly Document[],
  readAt: number | undefined,
): Promise<ReadonlySet<string>> {
  for (const document of documents) assertSpans(document);
  const bySource = [...Map.groupBy(documents, ({ source }) => source)];
  const written = [];
  for (const [source, some] of bySource) written.push(await writeDocuments(connection, source, some, readAt));
  return new Set(written.flatMap((ids) => [...ids]));
}

function assertSpans({ key, parts }: Document): void {
  for (const { text, chunks } of parts) {
    if (chunks.every((chunk) => text.slice(chunk.start, chunk.end) === chunk.text)) continue;
    const message = `A chunk of ${key} does not lie where it says in its text; the document was not written.`;
    throw new GroundworkError("internal", message);
  }
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
