import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { PolicyStore } from "./port.ts";
import { storable, storableJson } from "./storable.ts";

/** Epochs that are kept without being named by the audit trail, so that what is being answered goes on. */
const KEPT = 20;

/**
 * One row holds a snapshot whole: a half-read policy cannot be stored, and none can be read. What was saved last is the newest, except that a
 * snapshot never replaces one that was taken later from the same source. The body is read again only when another epoch is the newest.
 */
export function policyStore({ client }: Connection): PolicyStore {
  let held: { readonly key: string; readonly policy: PolicySnapshot } | null = null;
  return {
    save: (snapshot) =>
      guarded("database", async () => {
        await client`
          insert into policy_snapshots (epoch, source, taken_at, body)
          select ${snapshot.epoch}, ${snapshot.source}, ${snapshot.takenAt}, ${storableJson(snapshot)}::text::json
          where not exists (
            select 1 from policy_snapshots where source = ${snapshot.source} and taken_at > ${snapshot.takenAt}::timestamptz)
          on conflict (epoch) do update set
            taken_at = excluded.taken_at, body = excluded.body, saved = nextval('policy_snapshots_saved_seq')`;
        await client`
          delete from policy_snapshots old
          where saved <= (select max(saved) from policy_snapshots) - ${KEPT}
            and not exists (select 1 from audit_entries entry where entry.epoch = old.epoch)`;
      }),
    confirm: (epoch, at) =>
      guarded("database", async () => {
        await client`update policy_snapshots set confirmed_at = ${at}::timestamptz where epoch = ${epoch}`;
      }),
    confirmedAt: () =>
      guarded("database", async () => {
        const [newest] = await client<{ confirmed_at: string | null }[]>`
          select confirmed_at from policy_snapshots
          where confirmed_at is not null and source = (select source from policy_snapshots order by saved desc limit 1)
          order by confirmed_at desc limit 1`;
        const at = newest?.confirmed_at ?? null;
        return at === null ? null : new Date(at).toISOString();
      }),
    latest: () =>
      guarded("database", async () => {
        const [newest] = await client<{ epoch: string; key: string }[]>`
          select epoch, saved::text as key from policy_snapshots order by saved desc limit 1`;
        if (newest === undefined) return null;
        const key = `${newest.epoch} ${newest.key}`;
        if (held?.key !== key) {
          const [row] = await client<{ body: PolicySnapshot }[]>`
            select body from policy_snapshots where epoch = ${newest.epoch}`;
          if (row === undefined) return null;
          held = { key, policy: row.body };
        }
        return held.policy;
      }),
    at: (epoch) =>
      guarded("database", async () => {
        const [row] = await client<{ body: PolicySnapshot }[]>`
          select body from policy_snapshots where epoch = ${storable(epoch)}`;
        return row?.body ?? null;
      }),
  };
}
