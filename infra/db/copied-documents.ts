import type { Sql } from "postgres";

import type { CopiedChunk, CopiedDocument } from "../chunk-index/chunk-copy.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { arrayLiteral } from "./storable.ts";
import { SEARCHED } from "./vector-spaces.ts";

/** What an index outside the database copies. Errors: `database`. */
export interface CopiedDocuments {
  /** One for each id; what is gone has no chunks. */
  documents(documentIds: readonly string[]): Promise<readonly CopiedDocument[]>;
  /** Everything, in pages; what changes meanwhile may or may not be in it. */
  all(): AsyncIterable<readonly CopiedDocument[]>;
  /** Chunk ids with the ids of their access sets, in pages. */
  entries(): AsyncIterable<readonly { readonly chunkId: string; readonly accessId: number }[]>;
  /** Of vectors, those that are searched. */
  counts(): Promise<{ readonly chunks: number; readonly vectors: number; readonly accessSets: number }>;
}

const DOCUMENTS_AT_ONCE = 64;
const ENTRIES_AT_ONCE = 20_000;

export function copiedDocuments({ client }: Connection): CopiedDocuments {
  return {
    documents: (documentIds) => documentsOf(client, documentIds),
    async *all() {
      for await (const rows of pages((after) => documentIds(client, after))) {
        yield await documentsOf(
          client,
          rows.map(({ id }) => id),
        );
      }
    },
    async *entries() {
      for await (const rows of pages((after) => accessOfChunks(client, after))) {
        yield rows.map((row) => ({ chunkId: row.id, accessId: row.access_id }));
      }
    },
    counts: () =>
      guarded("database", async () => {
        const [row] = await client<{ chunks: number; vectors: number; accessSets: number }[]>`
          select (select count(*) from chunks)::integer as chunks,
            (select count(*) from chunk_vectors where space_id::text = (select value from settings where name = ${SEARCHED}))::integer as vectors,
            (select count(*) from access_sets)::integer as "accessSets"`;
        return row ?? { chunks: 0, vectors: 0, accessSets: 0 };
      }),
  };
}

function documentIds(client: Sql, after: string): PromiseLike<{ id: string }[]> {
  return client<{ id: string }[]>`select id from documents where id > ${after} order by id limit ${DOCUMENTS_AT_ONCE}`;
}

function accessOfChunks(client: Sql, after: string): PromiseLike<{ id: string; access_id: number }[]> {
  return client<{ id: string; access_id: number }[]>`
    select id, access_id from chunks where id > ${after} order by id limit ${ENTRIES_AT_ONCE}`;
}

/** Pages in the order of the primary key, each read from where the last one ended. */
async function* pages<Row extends { readonly id: string }>(
  page: (after: string) => PromiseLike<readonly Row[]>,
): AsyncIterable<readonly Row[]> {
  let after: string | undefined = "";
  while (after !== undefined) {
    const from: string = after;
    const rows = await guarded("database", async () => page(from));
    if (rows.length > 0) yield rows;
    after = rows.at(-1)?.id;
  }
}

const GONE = { model: "", source: "", kind: "", labels: [], recordId: null, days: [], chunks: [] };

interface Row {
  readonly document_id: string;
  readonly model: string;
  readonly source: string;
  readonly kind: string;
  readonly labels: readonly string[] | null;
  readonly recordId: number | null;
  readonly days: CopiedDocument["days"];
  readonly chunks: readonly CopiedChunk[];
}

async function documentsOf(client: Sql, documentIds: readonly string[]): Promise<readonly CopiedDocument[]> {
  const rows = await guarded(
    "database",
    () => client<Row[]>`
      select document.id as document_id, document.model, document.source, document.kind, document.metadata -> 'labels' as labels,
        document.record_id as "recordId", (
          select coalesce(jsonb_agg(distinct jsonb_build_object('day', coalesce(part.day, document.metadata ->> 'effective'), 'accessId', part.access_id)), '[]')
          from document_parts part where part.document_id = document.id and coalesce(part.day, document.metadata ->> 'effective') is not null
        ) as days,
        (
          select coalesce(jsonb_agg(jsonb_build_object('chunkId', chunk.id, 'accessId', chunk.access_id, 'length', chunk.length,
            'terms', chunk.terms, 'frequencies', chunk.frequencies, 'vectors', (
              select coalesce(jsonb_object_agg(space_id, embedding::text::jsonb), '{}') from chunk_vectors where chunk_id = chunk.id
            ))), '[]')
          from chunks chunk where chunk.document_id = document.id
        ) as chunks
      from documents document where document.id = any(${arrayLiteral(documentIds)}::text::text[])`,
  );
  const found = new Map(rows.map((row) => [row.document_id, row]));
  return documentIds.map((documentId) => {
    const row = found.get(documentId);
    if (row === undefined) return { ...GONE, documentId };
    return { ...row, documentId, labels: row.labels ?? [] };
  });
}
