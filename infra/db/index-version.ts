import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { SEARCHED } from "./vector-spaces.ts";

/**
 * Names what searches find just now: another name after every committed change of chunks, vectors, their access or what they are narrowed by.
 * Null while an index outside the database has yet to follow: what it finds has no name. Errors: `database`.
 */
export function indexVersion({ client }: Connection): () => Promise<string | null> {
  return () =>
    guarded("database", async () => {
      const [row] = await client<{ version: string; behind: boolean }[]>`
        select coalesce((select string_agg(value, ' ' order by name) from settings where name in ('chunk-index.owner', ${SEARCHED})), '') || ' ' || count(*) || ' ' || coalesce(max(transaction), 0) || ' ' || coalesce(sum(transaction), 0) as version,
          exists (select from chunk_outbox) as behind
        from index_changes`;
      return row === undefined || row.behind ? null : row.version;
    });
}
