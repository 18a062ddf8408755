import { GroundworkError } from "../infra/errors.ts";
import type { Resources } from "../infra/open.ts";
import { PermissionError } from "../permissions/permission-error.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { readSyncRights, syncRightsSentences } from "./check-sync-account.ts";

/** What the sync account may read too little and write too much of, a sentence each; null where that cannot be told. */
export async function syncRightsFindings(
  { odoo, syncAccount, log }: Pick<Resources, "odoo" | "syncAccount" | "log">,
  policy: PolicySnapshot,
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  try {
    const userId = await syncAccount?.userId(signal);
    const login = policy.users.find(({ id }) => id === userId)?.login;
    return login === undefined ? null : syncRightsSentences(await readSyncRights(odoo, policy, login, signal));
  } catch (error) {
    if (!(error instanceof GroundworkError || error instanceof PermissionError)) throw error;
    log.warn({ error }, "what the sync account may do in Odoo is not known");
    return null;
  }
}
