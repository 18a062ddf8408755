import type {
  CompanyPolicy,
  GroupPolicy,
  ModelAccessRow,
  PolicySnapshot,
  RecordRule,
  UserPolicy,
} from "../../permissions/policy-snapshot.ts";
import { collectRecords } from "./collect-records.ts";
import { linkedId, linkedName } from "./linked-record.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";
import type { OdooRecord, OdooSource } from "./port.ts";

/** What Odoo states about who may read what. */
export type StatedPolicy = Pick<PolicySnapshot, "groups" | "users" | "companies" | "modelAccess" | "recordRules">;

/** Reads every row that states it. Archived companies count for nobody, as in Odoo, and stay in the tree. `modelNames` by the id of their `ir.model`. `odooVersion` of an Odoo before 19. Errors: those of the source. */
export async function readStated(
  source: OdooSource,
  modelNames: ReadonlyMap<number, string>,
  odooVersion: number | undefined,
  signal?: AbortSignal,
): Promise<StatedPolicy> {
  const [groups, users, companyRows, modelAccess, recordRules] = await Promise.all([
    readGroups(source, signal),
    readUsers(source, signal),
    all(source, "res.company", signal),
    readModelAccess(source, modelNames, signal),
    readRules(source, modelNames, signal),
  ]);
  const archived = new Set(companyRows.flatMap(({ id, active }) => (active === false ? [id] : [])));
  return {
    groups: odooVersion === undefined ? groups : impliedInFact(groups, users),
    users: users.map((user) => ({ ...user, companyIds: user.companyIds.filter((id) => !archived.has(id)) })),
    companies: await describeCompanies(source, companyRows, signal),
    modelAccess,
    recordRules,
  };
}

/**
 * Before Odoo 19 a user's groups hold what they imply, and what was taken out from the group's side is not the user's: a group implies
 * another where all its users are in that as well.
 */
function impliedInFact(groups: readonly GroupPolicy[], users: readonly UserPolicy[]): readonly GroupPolicy[] {
  const members = new Map<number, Set<number>>(groups.map(({ id }) => [id, new Set()]));
  for (const user of users) for (const id of user.groupIds) members.get(id)?.add(user.id);
  const isWithin = (inner: number, outer: number): boolean =>
    [...(members.get(inner) ?? [])].every((user) => members.get(outer)?.has(user) === true);
  return groups.map((group) => ({ ...group, impliedIds: group.impliedIds.filter((id) => isWithin(group.id, id)) }));
}

function all(
  source: OdooSource,
  model: keyof typeof POLICY_FIELDS,
  signal?: AbortSignal,
): Promise<readonly OdooRecord[]> {
  return collectRecords(source.records(model, POLICY_FIELDS[model], signal));
}

async function readGroups(source: OdooSource, signal?: AbortSignal): Promise<readonly GroupPolicy[]> {
  const rows = await all(source, "res.groups", signal);
  const names = await source.externalIds("res.groups", idsOf(rows), signal);
  return rows.map((row) => ({
    id: row.id,
    name: names.get(row.id) ?? "",
    label: text(row["full_name"]),
    impliedIds: sortedIds(row["implied_ids"]),
  }));
}

async function readUsers(source: OdooSource, signal?: AbortSignal): Promise<readonly UserPolicy[]> {
  return (await all(source, "res.users", signal)).map((row) => ({
    id: row.id,
    login: text(row["login"]),
    name: text(row["name"]),
    active: row["active"] === true,
    partnerId: linkedId(row["partner_id"]) ?? 0,
    groupIds: sortedIds(row["group_ids"]),
    companyId: linkedId(row["company_id"]) ?? 0,
    companyIds: sortedIds(row["company_ids"]),
  }));
}

async function describeCompanies(
  source: OdooSource,
  rows: readonly OdooRecord[],
  signal?: AbortSignal,
): Promise<readonly CompanyPolicy[]> {
  const names = await source.externalIds("res.company", idsOf(rows), signal);
  return rows.map((row) => ({
    id: row.id,
    externalId: names.get(row.id) ?? "",
    name: text(row["name"]),
    parentId: linkedId(row["parent_id"]),
    currency: linkedName(row["currency_id"]),
  }));
}

async function readModelAccess(
  source: OdooSource,
  modelNames: ReadonlyMap<number, string>,
  signal?: AbortSignal,
): Promise<readonly ModelAccessRow[]> {
  return (await all(source, "ir.model.access", signal))
    .filter((row) => row["active"] === true && row["perm_read"] === true)
    .flatMap((row) => {
      const model = modelNames.get(linkedId(row["model_id"]) ?? 0);
      return model === undefined ? [] : [{ model, groupId: linkedId(row["group_id"]) }];
    });
}

async function readRules(
  source: OdooSource,
  modelNames: ReadonlyMap<number, string>,
  signal?: AbortSignal,
): Promise<readonly RecordRule[]> {
  return (await all(source, "ir.rule", signal))
    .filter((row) => row["active"] === true && row["perm_read"] === true)
    .flatMap((row) => {
      const model = modelNames.get(linkedId(row["model_id"]) ?? 0);
      return model === undefined
        ? []
        : [
            {
              id: row.id,
              name: text(row["name"]),
              model,
              groupIds: sortedIds(row["groups"]),
              domain: text(row["domain_force"]),
            },
          ];
    });
}

function idsOf(rows: readonly OdooRecord[]): readonly number[] {
  return rows.map(({ id }) => id);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function sortedIds(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === "number").sort((a, b) => a - b) : [];
}
