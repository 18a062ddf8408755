import { LRUCache } from "lru-cache";

import type { AccessFilter } from "../../permissions/access-filter.ts";
import { sqlAccessFilter } from "../chunk-index/sql-access-filter.ts";
import type { Connection } from "./connection.ts";
import { type SQL, execute, sql } from "./sql.ts";

/** Ids rise and do not come back: another count or sum for every other group of sets, but for a one in billions. */
const SETS_STATE = sql`(select count(*) || ' ' || coalesce(sum(id), 0) from access_sets)`;
const FILTERS = 500;

interface Remembered {
  readonly ids: string;
  readonly sets: string;
}

/** Statements over what a filter admits. Errors: those of the driver. */
export interface AdmittedSets {
  /**
   * Runs a statement that `statement` writes around `allowed`, a select of the ids of the admitted sets; its rows come in no order. With
   * `isSame`, its text is the same whatever is asked for: its plan is kept with the session.
   */
  query<Row extends object>(
    filter: AccessFilter,
    statement: (allowed: SQL) => SQL,
    options?: { readonly isSame?: boolean },
  ): Promise<readonly Row[]>;
}

/**
 * Which sets of access attributes a filter admits is remembered, for planning the condition of a reader with many rules takes longer than all
 * else in a search. A set never changes, so what was found holds as long as no set is added or removed: each statement says whether that is
 * so, in the same snapshot, and otherwise the filter is evaluated anew.
 */
export function admittedSets(connection: Connection): AdmittedSets {
  const { client } = connection;
  const remembered = new LRUCache<string, Remembered>({ max: FILTERS });

  async function evaluate(filter: AccessFilter): Promise<Remembered> {
    const [row] = await execute<Remembered>(
      client,
      sql`select coalesce((select string_agg(id::text, ',') from (${evaluated(filter)}) as allowed), '') as ids, ${SETS_STATE} as sets`,
    );
    const made = { ids: `{${row?.ids ?? ""}}`, sets: row?.sets ?? "" };
    remembered.set(filter.hash, made);
    return made;
  }

  return {
    async query<Row extends object>(
      filter: AccessFilter,
      statement: (allowed: SQL) => SQL,
      { isSame = false }: { readonly isSame?: boolean } = {},
    ) {
      const held = remembered.get(filter.hash);
      for (const known of held === undefined ? [evaluate] : [() => held, evaluate]) {
        const { ids, sets: assumed } = await known(filter);
        const { rows, sets } = await stated(connection, statement(idsOf(ids)), isSame);
        if (sets === assumed) return rows as readonly Row[];
      }
      // Sets are being added faster than they can be evaluated apart.
      return (await stated(connection, statement(evaluated(filter)), false)).rows as readonly Row[];
    },
  };
}

function idsOf(ids: string): SQL {
  return sql`select unnest(${ids}::integer[]) as id`;
}

function evaluated({ expression }: AccessFilter): SQL {
  return sql`select id from access_sets access where (${sqlAccessFilter(expression, sql`access.attributes`)}) is true`;
}

/** The rows, and the state of the sets in the snapshot that they were read from. */
async function stated(
  { client }: Connection,
  statement: SQL,
  prepare: boolean,
): Promise<{ readonly rows: readonly object[]; readonly sets: string }> {
  const found = await execute<{ sets_state: string; is_found: boolean | null }>(
    client,
    sql`select state.sets as sets_state, found.* from (select ${SETS_STATE} as sets) as state
      left join (select true as is_found, statement.* from (${statement}) as statement) as found on true`,
    { prepare },
  );
  return { rows: found.filter((row) => row.is_found === true), sets: found[0]?.sets_state ?? "" };
}
