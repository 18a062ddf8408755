import { createHash } from "node:crypto";
import { RECORD_MODEL_FIELDS } from "../../permissions/odoo/dependent-models.ts";
import { ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type {
  CompanyPolicy,
  GroupPolicy,
  ModelAccessRow,
  PolicySnapshot,
  RecordRule,
  UserPolicy,
} from "../../permissions/policy-snapshot.ts";
import { GroundworkError } from "../errors.ts";
import { describeModels } from "./describe-models.ts";
import { linkedId, linkedName } from "./linked-record.ts";
import { mirrorRecord } from "./normalise.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";
import type { OdooRecord, OdooSource } from "./port.ts";

/** How often the policy is read before a policy that never stands still is given up. */
const ATTEMPTS = 3;

/**
 * Everything that decides who may read the ingested models, of one moment: it is read twice and taken when both readings agree, so that a
 * half-changed policy is never used. Errors: those of the source; `odoo-answer` when it changed at every attempt.
 */
export async function readPolicy(
  source: OdooSource,
  ingestedModels: readonly string[],
  signal?: AbortSignal,
): Promise<PolicySnapshot> {
  let earlier = await readOnce(source, ingestedModels, signal);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const later = await readOnce(source, ingestedModels, signal);
    if (later.epoch === earlier.epoch) return later;
    earlier = later;
  }
  throw new GroundworkError(
    "odoo-answer",
    "The access rules in Odoo changed while they were read. Try again in a moment.",
    { retryable: true },
  );
}

async function readOnce(
  source: OdooSource,
  ingestedModels: readonly string[],
  signal?: AbortSignal,
): Promise<PolicySnapshot> {
  const server = await source.server(signal);
  const modelRows = await all(source, "ir.model", signal);
  const modelNames = new Map(modelRows.map((row) => [row.id, text(row["model"])]));
  const recordRules = await readRules(source, modelNames, signal);
  const hostModels = await findHosts(source, ingestedModels, signal);
  const described = await describeModels(
    source,
    { ingestedModels, hostModels },
    recordRules,
    inheritedModels(modelRows, modelNames),
    signal,
  );
  const stated = {
    groups: await readGroups(source, signal),
    users: await readUsers(source, signal),
    companies: await readCompanies(source, signal),
    modelAccess: await readModelAccess(source, modelNames, signal),
    recordRules,
    models: described,
    ingestedModels: [...ingestedModels].sort(),
    hostModels: hostModels.filter((model) => Object.hasOwn(described, model)),
  };
  const { mirror: wanted } = ruleFootprint(stated, ingestedModels);
  const mirror: Record<string, PolicySnapshot["mirror"][string]> = {};
  for (const [model, fields] of Object.entries(wanted)) mirror[model] = await readMirror(source, model, fields, signal);
  const policy = { source: server.source, ...stated, mirror };
  const epoch = createHash("sha256").update(JSON.stringify(policy)).digest("hex").slice(0, 32);
  return { epoch, takenAt: server.takenAt, ...policy };
}

/** Models that messages or attachments hang on and that are not ingested themselves. */
async function findHosts(
  source: OdooSource,
  ingestedModels: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [model, field] of RECORD_MODEL_FIELDS) {
    if (!ingestedModels.includes(model)) continue;
    for (const host of await source.values(model, field, signal)) found.add(host);
  }
  return [...found].filter((model) => !ingestedModels.includes(model)).sort();
}

/** `_inherits`: per model, the models whose fields it takes on. */
function inheritedModels(
  modelRows: readonly OdooRecord[],
  modelNames: ReadonlyMap<number, string>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    modelRows.map((row) => [
      text(row["model"]),
      sortedIds(row["inherited_model_ids"]).flatMap((id) => modelNames.get(id) ?? []),
    ]),
  );
}

async function all(
  source: OdooSource,
  model: keyof typeof POLICY_FIELDS,
  signal?: AbortSignal,
): Promise<readonly OdooRecord[]> {
  return collect(source.records(model, POLICY_FIELDS[model] ?? [], signal));
}

async function collect(pages: AsyncIterable<readonly OdooRecord[]>): Promise<readonly OdooRecord[]> {
  const records: OdooRecord[] = [];
  for await (const page of pages) records.push(...page);
  return records;
}

async function readMirror(source: OdooSource, model: string, wanted: readonly string[], signal?: AbortSignal) {
  const known = await source.fields(model, signal);
  const fields = wanted.filter((field) => Object.hasOwn(known, field));
  const records = await collect(source.records(model, fields, signal));
  return records.map((record) => mirrorRecord(record, known));
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

async function readCompanies(source: OdooSource, signal?: AbortSignal): Promise<readonly CompanyPolicy[]> {
  const rows = await all(source, "res.company", signal);
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
