import { connectServer } from "../../infra/db/connection.ts";
import { execute, sql } from "../../infra/db/sql.ts";

/** What the tables take that searches read, with and without their indexes. */
export async function postgresSizes(databaseUrl: string): Promise<string> {
  const connection = connectServer(databaseUrl, { size: 1, statementTimeoutMs: 0 });
  try {
    const [row] = await execute<{ tables: string; terms: string; graph: string | null }>(
      connection.client,
      sql`select pg_size_pretty(pg_total_relation_size('chunks') + pg_total_relation_size('chunk_vectors')) as tables,
        pg_size_pretty(pg_relation_size('chunks_terms')) as terms,
        (select pg_size_pretty(sum(pg_relation_size(oid))) from pg_class where relname like 'chunk_vectors_graph_%') as graph`,
    );
    return `on disk ${row?.tables ?? "?"}, of which terms ${row?.terms ?? "?"}, graph ${row?.graph ?? "none"}`;
  } finally {
    await connection.close();
  }
}

/** What the server's allocator holds in memory; the files of vectors and graph that it maps are not among it. */
export async function qdrantMemory(url: string, apiKey: string | null): Promise<string> {
  const response = await fetch(new URL("/metrics", url), { headers: apiKey === null ? {} : { "api-key": apiKey } });
  const bytes = /^memory_resident_bytes (\d+)/m.exec(await response.text())?.[1];
  return bytes === undefined
    ? "memory unknown"
    : `${Math.round(Number(bytes) / 1_000_000)} MB allocated, mapped files not counted`;
}
