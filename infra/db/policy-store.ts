import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { PolicyStore } from "./port.ts";
import { storableJson } from "./storable.ts";

/** One row holds a snapshot whole: a half-read policy cannot be stored, and none can be read. */
export function policyStore({ client }: Connection): PolicyStore {
  return {
    save: (snapshot) =>
      guarded("database", async () => {
        await client`
          insert into policy_snapshots (epoch, taken_at, body)
          values (${snapshot.epoch}, ${snapshot.takenAt}, ${storableJson(snapshot)}::text::json)
          on conflict (epoch) do update set taken_at = excluded.taken_at, body = excluded.body
          where policy_snapshots.taken_at <= excluded.taken_at`;
      }),
    latest: () =>
      guarded("database", async () => {
        const [row] = await client<{ body: PolicySnapshot }[]>`
          select body from policy_snapshots order by taken_at desc, epoch limit 1`;
        return row?.body ?? null;
      }),
  };
}
