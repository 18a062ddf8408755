import { itemKey } from "../document.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { IngestedDocuments, NewFailure } from "./port.ts";
import { keysWithin } from "./source-scope.ts";
import { storable, storableJson } from "./storable.ts";

type Failures = Pick<IngestedDocuments, "fail" | "failures" | "failed" | "takeFailure" | "discardFailure">;

/** Why documents are not there. */
export function failureStore(connection: Connection): Failures {
  const { client } = connection;
  return {
    fail: (failure, { keepEarlier }) => guarded("database", () => fail(connection, failure, keepEarlier)),
    failures: (source) =>
      guarded("database", async () => {
        const only = source === undefined ? null : storable(source);
        const rows = await client<{ source: string; key: string; code: string; reason: string; at: string }[]>`
          select source, key, code, reason, at from ingestion_failures
          where discarded_at is null and (${only}::text is null or source = ${only})
          order by source collate "C", key collate "C"`;
        return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
      }),
    failed: (source, scope = "all") =>
      guarded("database", async () => {
        const rows = await client<{ key: string; fingerprint: string | null }[]>`
          select key, fingerprint from ingestion_failures
          where source = ${storable(source)} and ${keysWithin(client, scope)}`;
        return new Map(rows.map((row) => [row.key, row.fingerprint]));
      }),
    takeFailure: (source, key) =>
      guarded("database", async () => {
        // Also where something attached to it failed, the item as a whole is no longer as it was ingested.
        const [row] = await client<{ work: unknown }[]>`
          with taken as (
            delete from ingestion_failures where source = ${storable(source)} and key = ${storable(key)} returning work
          ), untrusted as (
            update documents set content_hash = '' where source = ${storable(source)} and key = ${storable(itemKey(key))}
              and exists (select from taken)
          )
          select work from taken`;
        return row === undefined ? null : { work: row.work };
      }),
    discardFailure: (source, key) =>
      guarded("database", async () => {
        const rows = await client`
          update ingestion_failures set discarded_at = now()
          where source = ${storable(source)} and key = ${storable(key)} and discarded_at is null returning key`;
        return rows.length > 0;
      }),
  };
}

/** The same item that fails the same way again stays discarded. */
async function fail({ client }: Connection, failure: NewFailure, keepEarlier: boolean): Promise<void> {
  const [source, key] = [storable(failure.source), storable(failure.key)];
  const fingerprint = failure.fingerprint === null ? null : storable(failure.fingerprint);
  const work = failure.work === null ? null : storableJson(failure.work);
  await client.begin(async (transaction) => {
    if (!keepEarlier) await transaction`delete from documents where source = ${source} and key = ${key}`;
    await transaction`
      insert into ingestion_failures as known (source, key, code, reason, at, fingerprint, work)
      values (${source}, ${key}, ${failure.code}, ${storable(failure.reason)}, ${failure.at}, ${fingerprint}, ${work}::text::jsonb)
      on conflict (source, key) do update set code = excluded.code, reason = excluded.reason, at = excluded.at,
        fingerprint = excluded.fingerprint, work = excluded.work,
        discarded_at = case when known.fingerprint = excluded.fingerprint then known.discarded_at end`;
  });
}
