import { LRUCache } from "lru-cache";

import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { Connection } from "../db/connection.ts";
import { guarded } from "../db/database-error.ts";
import { execute, joinSql, sql } from "../db/sql.ts";
import { isSampled, SAMPLING } from "./keyword-sample.ts";
import { sqlAccessFilter } from "./sql-access-filter.ts";
import { ALLOWED } from "./sql-selection.ts";

/** What an index outside the database has to know of a filter: the database evaluates it. */
export interface Readable {
  /** The sets of access attributes that the filter admits. */
  readonly accessIds: readonly number[];
  /** Whether the readable vectors are few enough to be compared one by one. */
  readonly few: boolean;
  /** Of the sample of readable chunks that tells how rare terms are, one in so many; null: all are counted. */
  readonly sampleRate: number | null;
}

export interface ReadableScope extends Readable {
  /** The index that holds everything that was there when it was attached; null while none does. */
  readonly filled: string | null;
}

/** `space`: the one whose vectors are compared; null, none. */
type ReadScope = (filter: AccessFilter, space: number | null) => Promise<ReadableScope>;

interface Remembered extends Readable {
  readonly sets: string;
}

/** Up to here comparing every readable vector is both exact and fast. */
const FEW = 20_000;
const FILTERS = 100;
/** How long the count of readable vectors is taken for right; what may be read never rests on it. Milliseconds. */
const COUNT_MS = 60_000;

/**
 * Evaluates filters over the sets of access attributes. A set never changes and its id is never used again, so what a filter came to is
 * remembered until sets are added or removed; that is asked each time, in one statement that touches the ids alone. Errors: `database`.
 */
export function readableScope(connection: Connection, few = FEW): ReadScope {
  const remembered = new LRUCache<string, Remembered>({ max: FILTERS, ttl: COUNT_MS });
  return (filter, space) =>
    guarded("database", async () => {
      const key = `${space} ${filter.hash}`;
      const { sets, filled } = await currentSets(connection);
      const held = remembered.get(key);
      if (held?.sets === sets) return { ...held, filled };
      const made = await evaluate(connection, filter, space, few);
      remembered.set(key, made);
      return { ...made, filled };
    });
}

/** Ids rise and do not come back: another count or sum for every other group of sets, but for a one in billions. */
const SETS = sql`(select count(*) || ' ' || coalesce(sum(id), 0) from access_sets)`;

async function currentSets({ client }: Connection): Promise<{ sets: string; filled: string | null }> {
  const [row] = await execute<{ sets: string; filled: string | null }>(
    client,
    sql`select ${SETS} as sets, (select value from settings where name = 'chunk-index.filled') as filled`,
  );
  return row ?? { sets: "", filled: null };
}

async function evaluate(
  { client }: Connection,
  filter: AccessFilter,
  space: number | null,
  few: number,
): Promise<Remembered> {
  const { rates, enough } = SAMPLING;
  const isEnough = (rate: number) =>
    sql`when (select count(*) from (select from chunks where ${isSampled(rate)} and access_id in ${ALLOWED} limit ${enough}) as sample) >= ${enough} then ${rate}::integer`;
  const [row] = await execute<{ ids: string; vectors: number; rate: number | null; sets: string }>(
    client,
    sql`
    with allowed as materialized (
      select id from access_sets access where (${sqlAccessFilter(filter.expression, sql`access.attributes`)}) is true
    )
    select coalesce((select string_agg(id::text, ',') from allowed), '') as ids,
      (select count(*)::integer from (
        select 1 from chunk_vectors where space_id = ${space}::integer and access_id in ${ALLOWED} limit ${few + 1}
      ) as counted) as vectors,
      case ${joinSql(rates.map(isEnough), sql` `)} end as rate,
      ${SETS} as sets`,
  );
  if (row === undefined) return { accessIds: [], few: true, sampleRate: null, sets: "" };
  return {
    accessIds: row.ids === "" ? [] : row.ids.split(",").map(Number),
    few: row.vectors <= few,
    sampleRate: row.rate,
    sets: row.sets,
  };
}
