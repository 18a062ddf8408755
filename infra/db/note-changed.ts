import type { TransactionSql } from "postgres";

import type { Connection } from "./connection.ts";
import type { FoundItem } from "./port.ts";
import { storable, storableJson } from "./storable.ts";

/** The advisory lock that writers share and whoever notes changes has alone. Any constant that nobody else uses. */
const WRITERS_LOCK = 7_104_552_313;

/** See `IngestedDocuments.noteChanged`: it waits for the writers under way, and those that come later see what it noted. */
export async function noteChanged(
  { client }: Connection,
  source: string,
  items: readonly FoundItem[],
  moment: number,
): Promise<ReadonlySet<string>> {
  if (items.length === 0) return new Set();
  return client.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${WRITERS_LOCK}::bigint)`;
    // What is gone may come back as it was, so its going is always news.
    const rows = await transaction<{ key: string }[]>`
      insert into item_changes as known (source, key, fingerprint, moment)
      select ${storable(source)}, found.key, found.fingerprint, ${moment}::bigint
      from jsonb_to_recordset(${storableJson(items)}::text::jsonb) as found(key text, fingerprint text)
      on conflict (source, key) do update set fingerprint = excluded.fingerprint, moment = excluded.moment, at = now()
      where excluded.fingerprint is null or known.fingerprint is distinct from excluded.fingerprint
      returning key`;
    return new Set(rows.map(({ key }) => key));
  });
}

/** Of these items, those that have changed since they were read. Until the transaction ends, no further change is noted. */
export async function changedSince(
  transaction: TransactionSql,
  source: string,
  keys: readonly string[],
  readAt: number,
): Promise<ReadonlySet<string>> {
  const [, rows] = await Promise.all([
    transaction`select pg_advisory_xact_lock_shared(${WRITERS_LOCK}::bigint)`.execute(),
    transaction<{ key: string }[]>`
      select key from item_changes where source = ${storable(source)} and moment > ${readAt}::bigint
        and key in (select jsonb_array_elements_text(${storableJson(keys)}::text::jsonb))`.execute(),
  ]);
  return new Set(rows.map(({ key }) => key));
}
