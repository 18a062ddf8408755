import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import { resolvePrincipal } from "../resolve-principal.ts";
import { type AccessRows, hasAccessRow, seesAsMuch } from "./sees-as-much.ts";

/** An ingested model of which the sync account may not see everything that people see. */
export interface PartlySeenModel {
  readonly model: string;
  /** Logins of active users who may see more, in the order of the policy. */
  readonly logins: readonly string[];
  /** The sync account may not read the model at all. */
  readonly isRefused: boolean;
}

/**
 * The ingested models of which the access rows do not prove that the sync account sees whatever somebody else sees: without people's own keys
 * (`ODOO_READER_KEYS`) such records may be missing. Messages, files and employees always count, for Odoo decides on them in code.
 *
 * @throws PermissionError `unknown-login` when the policy does not have the sync account
 */
export function partlySeenModels(policy: PolicySnapshot, syncLogin: string): readonly PartlySeenModel[] {
  const account = resolvePrincipal(syncLogin, policy);
  const others = policy.users.filter(({ login, active }) => active && login !== syncLogin);
  const viewers = others.flatMap(({ login }) => viewerOf(login, policy) ?? []);
  const inherits = Object.values(policy.models).map((described): [string, readonly string[]] => [
    described.model,
    Object.keys(described.inherits),
  ]);
  const rows: AccessRows = { ...policy, inherits: new Map(inherits) };
  return policy.ingestedModels.flatMap((model) => {
    if (!Object.hasOwn(policy.models, model) && !viewers.some((viewer) => hasAccessRow(model, viewer, rows))) return [];
    const logins = viewers.filter((viewer) => !seesAsMuch(model, account, viewer, rows)).map(({ login }) => login);
    return logins.length === 0 ? [] : [{ model, logins, isRefused: !hasAccessRow(model, account, rows) }];
  });
}

function viewerOf(login: string, policy: PolicySnapshot) {
  try {
    return resolvePrincipal(login, policy);
  } catch (error) {
    if (error instanceof PermissionError) return undefined;
    throw error;
  }
}
