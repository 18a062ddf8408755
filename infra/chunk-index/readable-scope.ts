import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { Connection } from "../db/connection.ts";
import { guarded } from "../db/database-error.ts";
import { execute, sql } from "../db/sql.ts";
import { sqlAccessFilter } from "./sql-access-filter.ts";

/** What an index outside the database has to know of a filter: the database evaluates it. */
export interface ReadableScope {
  /** The sets of access attributes that the filter admits. */
  readonly accessIds: readonly number[];
  /** Whether the readable vectors are few enough to be compared one by one. */
  readonly few: boolean;
  /** The index that holds everything that was there when it was attached; null while none does. */
  readonly filled: string | null;
}

/** Up to here comparing every readable vector is both exact and fast. */
const FEW = 20_000;

/** One statement. Errors: `database`. */
export function readableScope(connection: Connection, few = FEW): (filter: AccessFilter) => Promise<ReadableScope> {
  return (filter) =>
    guarded("database", async () => {
      const [row] = await execute<{ ids: string; vectors: number; filled: string | null }>(
        connection.client,
        sql`
        with allowed as materialized (
          select id from access_sets access where (${sqlAccessFilter(filter.expression, sql`access.attributes`)}) is true
        )
        select coalesce((select string_agg(id::text, ',') from allowed), '') as ids,
          (select count(*)::integer from (
            select 1 from chunk_vectors where access_id in (select id from allowed) limit ${few + 1}
          ) as counted) as vectors,
          (select value from settings where name = 'chunk-index.filled') as filled`,
      );
      return {
        accessIds: row === undefined || row.ids === "" ? [] : row.ids.split(",").map(Number),
        few: (row?.vectors ?? 0) <= few,
        filled: row?.filled ?? null,
      };
    });
}
