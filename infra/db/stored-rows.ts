import { join } from "node:path";

import { type Connection, connectEmbedded, connectServer } from "./connection.ts";
import { lockDataDirectory } from "./directory-lock.ts";
import { guarded } from "./database-error.ts";
import type { DatabaseLocation } from "./open-database.ts";

/** By table, one text a row. */
export type StoredRows = ReadonlyMap<string, readonly string[]>;

/** `versions`: which version of each row is stored, so that a row that was written again differs. `contents`: what they say. */
export type StoredRowsKind = "versions" | "contents";

/** Access is compared as it is stated: the ids of its sets are counted up in the order of writing. */
const CONTENTS: Readonly<Record<string, string>> = {
  documents: "select to_jsonb(documents) as value, id as place from documents",
  document_parts: `select to_jsonb(part) - 'access_id' || jsonb_build_object('access', attributes) as value, document_id || part.key as place
    from document_parts part join access_sets on access_sets.id = access_id`,
  chunks: `select to_jsonb(chunk) - 'access_id' || jsonb_build_object('access', attributes) as value, chunk.id as place
    from chunks chunk join access_sets on access_sets.id = access_id`,
  chunk_vectors: `select jsonb_build_object('chunk', chunk_id, 'embedder', embedder, 'vector', embedding::text, 'access', attributes) as value,
      chunk_id || embedder as place
    from chunk_vectors join access_sets on access_sets.id = access_id join vector_spaces space on space.id = space_id`,
  ingestion_failures:
    "select to_jsonb(failure) - 'at' as value, source || key as place from ingestion_failures failure",
};

/**
 * All rows of documents, parts, chunks, vectors and failures, to compare one run of ingestion with another: for checks and benchmarks over small
 * corpora, for it holds them all in memory. Nobody else may have the data directory open. Errors: `data-directory-busy`, `database`.
 */
export async function readStoredRows(location: DatabaseLocation, kind: StoredRowsKind): Promise<StoredRows> {
  if ("databaseUrl" in location) return readAndClose(connectServer(location.databaseUrl), kind);
  const lock = lockDataDirectory(location.dataDirectory);
  try {
    return await readAndClose(await connectEmbedded(join(location.dataDirectory, "pglite")), kind);
  } finally {
    lock.release();
  }
}

async function readAndClose(connection: Connection, kind: StoredRowsKind): Promise<StoredRows> {
  try {
    return await guarded("database", async () => {
      const found = new Map<string, readonly string[]>();
      for (const [table, contents] of Object.entries(CONTENTS)) {
        const rows =
          kind === "contents" ? contents : `select ctid || ' ' || xmin as value, ctid as place from ${table}`;
        const read = await connection.client.unsafe<{ row: string }[]>(
          `select value::text as row from (${rows}) as each_row order by place`,
        );
        found.set(
          table,
          read.map(({ row }) => row),
        );
      }
      return found;
    });
  } finally {
    await connection.close();
  }
}
