import { GroundworkError } from "../infra/errors.ts";
import { linkedId } from "../infra/odoo/linked-record.ts";
import { POLICY_FIELDS } from "../infra/odoo/policy-fields.ts";
import type { OdooSource } from "../infra/odoo/port.ts";
import { isRefused } from "../infra/odoo/unless-refused.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../permissions/resolve-principal.ts";

/** What the sync account may do in Odoo, against what ingestion needs. */
export interface SyncAccountRights {
  readonly login: string;
  /** Ingested models that this Odoo has, that somebody may read, and the account may not: nothing of them is found. */
  readonly unreadable: readonly string[];
  /** Whether it may change settings and everybody's rights (`base.group_system`). */
  readonly isAdministrator: boolean;
  /** Ingested models that it may write, create or delete, beyond those that come with the groups that it needs. */
  readonly writable: readonly string[];
}

/** The least that reads everything; Odoo has no groups for its applications that read and do not write. */
const NEEDED_GROUPS = new Set([
  "base.group_user",
  "base.group_erp_manager",
  "sales_team.group_sale_salesman_all_leads",
  "purchase.group_purchase_user",
  "stock.group_stock_user",
  "account.group_account_readonly",
  "hr.group_hr_user",
  "hr_expense.group_hr_expense_user",
]);
const PERMISSIONS = ["perm_write", "perm_create", "perm_unlink"] as const;

/**
 * Whether the account may read what says who may read what: without it nothing can be shown to anybody. Errors: `odoo-refused` with what
 * to grant; those of the source.
 */
export async function requireSyncRights(odoo: OdooSource, signal?: AbortSignal): Promise<void> {
  const refused: string[] = [];
  for (const model of Object.keys(POLICY_FIELDS)) {
    try {
      await odoo.count(model, signal);
    } catch (error) {
      if (!isRefused(error)) throw error;
      // A wrong key or database is told as it is.
      if (error.message.includes("ODOO_")) throw error;
      refused.push(model);
    }
  }
  if (refused.length === 0) return;
  throw new GroundworkError(
    "odoo-refused",
    `The sync account may not read ${refused.join(", ")} in Odoo, so that nobody could be shown anything. Give it the group Access Rights (base.group_erp_manager).`,
  );
}

/**
 * What the account may read too little and write too much of. Errors: those of the source; `unknown-login` (PermissionError) when the
 * policy does not have the account.
 */
export async function readSyncRights(
  odoo: OdooSource,
  policy: PolicySnapshot,
  login: string,
  signal?: AbortSignal,
): Promise<SyncAccountRights> {
  const account = resolvePrincipal(login, policy);
  const readable = new Set(rowsFor(account.groupIds, policy));
  const anybody = new Set(policy.modelAccess.map(({ model }) => model));
  const needed = policy.groups.filter(({ name }) => NEEDED_GROUPS.has(name)).map(({ id }) => id);
  const written = await writableModels(odoo, signal);
  const isWritten = (model: string, groupIds: ReadonlySet<number>): boolean =>
    (written.get(model) ?? []).some((groupId) => groupId === null || groupIds.has(groupId));
  const [own, least] = [new Set(account.groupIds), closure(needed, policy)];
  return {
    login,
    unreadable: policy.ingestedModels.filter((model) => anybody.has(model) && !readable.has(model)),
    isAdministrator: account.groupNames.includes("base.group_system"),
    writable: policy.ingestedModels.filter((model) => isWritten(model, own) && !isWritten(model, least)),
  };
}

/** One sentence for each finding; none where the account is as it should be. */
export function syncRightsSentences({
  login,
  unreadable,
  isAdministrator,
  writable,
}: SyncAccountRights): readonly string[] {
  const sentences: string[] = [];
  if (unreadable.length > 0) {
    sentences.push(`The sync account ${login} may not read ${some(unreadable)}: nothing of that is found.`);
  }
  if (isAdministrator) {
    sentences.push(
      `The sync account ${login} is an administrator (base.group_system): whoever has its key may change everything. Groundwork only reads; give it the groups that the README lists.`,
    );
  } else if (writable.length > 0) {
    sentences.push(
      `The sync account ${login} may write ${some(writable)}, which the groups that the README lists would not let it. Groundwork only reads.`,
    );
  }
  return sentences;
}

function some(models: readonly string[]): string {
  return models.length > 5 ? `${models.slice(0, 5).join(", ")} and ${models.length - 5} more` : models.join(", ");
}

function rowsFor(groupIds: readonly number[], { modelAccess }: PolicySnapshot): readonly string[] {
  const own = new Set(groupIds);
  return modelAccess.filter(({ groupId }) => groupId === null || own.has(groupId)).map(({ model }) => model);
}

function closure(groupIds: readonly number[], { groups }: PolicySnapshot): ReadonlySet<number> {
  const implied = new Map(groups.map(({ id, impliedIds }) => [id, impliedIds]));
  const closed = new Set<number>();
  const waiting = [...groupIds];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (closed.has(id)) continue;
    closed.add(id);
    waiting.push(...(implied.get(id) ?? []));
  }
  return closed;
}

/** By model, the groups that may change its records in any way; null: everybody. */
async function writableModels(
  odoo: OdooSource,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const names = new Map<number, string>();
  for await (const page of odoo.records("ir.model", ["model"], signal)) {
    for (const { id, model } of page) if (typeof model === "string") names.set(id, model);
  }
  const found = new Map<string, (number | null)[]>();
  for await (const page of odoo.records(
    "ir.model.access",
    ["model_id", "group_id", "active", ...PERMISSIONS],
    signal,
  )) {
    for (const row of page) {
      const model = names.get(linkedId(row["model_id"]) ?? 0);
      if (model === undefined || row["active"] !== true || !PERMISSIONS.some((name) => row[name] === true)) continue;
      found.set(model, [...(found.get(model) ?? []), linkedId(row["group_id"])]);
    }
  }
  return found;
}
