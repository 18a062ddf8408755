import { fileURLToPath } from "node:url";
import { POLICY_FIELDS } from "../infra/odoo/policy-fields.ts";
import type { OdooSource } from "../infra/odoo/port.ts";
import { readPolicy } from "../infra/odoo/read-policy.ts";
import { openLiveSource } from "../infra/odoo/live-source.ts";
import { recordSnapshot } from "../infra/odoo/record-snapshot.ts";
import { GroundworkError } from "../infra/errors.ts";
import { ruleFootprint } from "../permissions/odoo/rule-footprint.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { INSTALLED_FIELDS } from "../infra/odoo/installed-models.ts";
import { ATTACHMENT_FIELDS, ATTACHMENT_MODEL, ATTACHMENT_REFERENCES } from "./catalogue.ts";
import { cataloguedEntries } from "./catalogued-entries.ts";
import { cataloguedFields, lineFields } from "./catalogued-model.ts";
import { modelChoice } from "./model-choice.ts";

/** Of every ingested record, beside what the catalogue shows. */
const ALWAYS = ["display_name", "active", "create_date", "create_uid", "write_date"];

/** The moment and the address that the recorded sample claims, whenever and wherever it was recorded. */
const SAMPLE = { takenAt: "2026-11-20T18:00:00.000Z", url: "http://127.0.0.1:8070" };

/**
 * Everything that ingestion and the policy read of an Odoo, as fields by model: a recording of these answers like the live one.
 * Errors: those of the source.
 */
export async function recordedFields(source: OdooSource): Promise<Readonly<Record<string, readonly string[]>>> {
  const policy = await readPolicy(source, modelChoice());
  const wanted = new Map<string, Set<string>>();
  const want = (model: string, fields: readonly string[]): void => {
    const known = wanted.get(model) ?? new Set<string>();
    wanted.set(model, new Set([...known, ...fields]));
  };
  for (const [model, fields] of Object.entries(POLICY_FIELDS)) want(model, fields);
  for (const [model, fields] of Object.entries(INSTALLED_FIELDS)) want(model, fields);
  for (const model of [...Object.keys(policy.models), ...(policy.hostModels ?? [])]) want(model, []);
  for (const entry of cataloguedEntries(policy)) {
    want(entry.model, [...ALWAYS, ...cataloguedFields(entry)]);
    for (const lines of entry.lines ?? []) want(lines.model, [...ALWAYS, ...lineFields(lines)]);
  }
  want(ATTACHMENT_MODEL, [...ALWAYS, ...ATTACHMENT_FIELDS, ...ATTACHMENT_REFERENCES]);
  for (const [model, fields] of wanted) want(model, currencyFields(model, fields, policy));
  const footprint = ruleFootprint(policy, policy.ingestedModels);
  for (const [model, fields] of Object.entries(footprint.mirror)) want(model, fields);
  for (const [model, names] of Object.entries(footprint.attributes)) {
    for (const name of names) wantAttribute(model, name, policy, want);
  }
  return Object.fromEntries([...wanted].map(([model, fields]) => [model, [...fields].sort()]));
}

function currencyFields(model: string, fields: ReadonlySet<string>, policy: PolicySnapshot): readonly string[] {
  const described = policy.models[model]?.fields ?? {};
  return [...fields].flatMap((field) => described[field]?.currencyField ?? []);
}

/** An attribute with a dot is a field of the `_inherits` parent, and is read there; the link is read here. */
function wantAttribute(
  model: string,
  name: string,
  policy: PolicySnapshot,
  want: (model: string, fields: readonly string[]) => void,
): void {
  const [field = "", ...rest] = name.split(".");
  want(model, [field]);
  const parent = policy.models[model]?.fields[field]?.relation;
  if (rest.length > 0 && parent !== undefined) wantAttribute(parent, rest.join("."), policy, want);
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new GroundworkError("configuration", `${name} says which Odoo to record; set it.`);
  }
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2] ?? fileURLToPath(new URL("../infra/sample/odoo.jsonl.gz", import.meta.url));
  const source = openLiveSource({
    url: setting("ODOO_URL"),
    database: setting("ODOO_DATABASE"),
    login: process.env["ODOO_LOGIN"],
    apiKey: setting("ODOO_API_KEY"),
  });
  const models = await recordedFields(source);
  const externalIds = ["res.groups", "res.company"];
  const { bytes, records } = await recordSnapshot(source, { models, externalIds, attachments: true, ...SAMPLE }, path);
  for (const [model, count] of Object.entries(records))
    process.stdout.write(`${String(count).padStart(6)}  ${model}\n`);
  process.stdout.write(`${path}: ${bytes} bytes\n`);
}
