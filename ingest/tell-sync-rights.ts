import { GroundworkError } from "../infra/errors.ts";
import type { Resources } from "../infra/open.ts";
import { PermissionError } from "../permissions/permission-error.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { readSyncRights, syncRightsSentences } from "./check-sync-account.ts";

/** Says in the log what the sync account may read too little and write too much of. Where that cannot be told, nothing is said. */
export async function tellSyncRights(
  { odoo, syncAccount, log }: Pick<Resources, "odoo" | "syncAccount" | "log">,
  policy: PolicySnapshot,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const userId = await syncAccount?.userId(signal);
    const login = policy.users.find(({ id }) => id === userId)?.login;
    if (login === undefined) return;
    const rights = await readSyncRights(odoo, policy, login, signal);
    for (const sentence of syncRightsSentences(rights)) log.warn({ login }, sentence);
  } catch (error) {
    if (!(error instanceof GroundworkError || error instanceof PermissionError)) throw error;
    log.warn({ error }, "what the sync account may do in Odoo is not known");
  }
}
