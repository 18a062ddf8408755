/**
 * Asks the seeded lab, as each of its people, what they see, and writes it to `sample-visible.json.gz`: the truth that the parity test
 * holds our filters against. `ODOO_URL=… ODOO_DATABASE=sample node test/parity/record-visible.ts`
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { GroundworkError } from "../../infra/errors.ts";
import { openOdooClient } from "../../infra/odoo/open-odoo-client.ts";
import { openLiveSource } from "../../infra/odoo/live-source.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { ingestedModels } from "../../ingest/catalogue.ts";
import { modelChoice } from "../../ingest/model-choice.ts";

/** What one person saw, with all companies active or with the stated ones. */
export interface VisibleCase {
  readonly login: string;
  readonly companyIds: readonly number[] | null;
  /** Per model the ids that `search([])` gave, archived included; null: Odoo refused the model. */
  readonly visible: Readonly<Record<string, readonly number[] | null>>;
  /** Per readable model, the fields that the sync account sees and this person does not. */
  readonly hiddenFields: Readonly<Record<string, readonly string[]>>;
}

export interface VisibleRecords {
  /** Of the policy that held. */
  readonly epoch: string;
  readonly cases: readonly VisibleCase[];
}

const FILE = fileURLToPath(new URL("sample-visible.json.gz", import.meta.url));

export function readVisibleRecords(): VisibleRecords {
  return JSON.parse(gunzipSync(readFileSync(FILE)).toString("utf8")) as VisibleRecords;
}

async function record(url: string, database: string): Promise<VisibleRecords> {
  const source = openLiveSource({ url, database, apiKey: sampleKey("groundwork.sync") });
  const policy = await readPolicy(source, modelChoice());
  const all = await fieldNames(url, database, "groundwork.sync");
  const cases: VisibleCase[] = [];
  // Inactive and unnamed users have no key; neither has the administrator, whose key the seed does not set.
  for (const { login, companyIds } of policy.users.filter((user) => user.active && user.login.includes("."))) {
    const seen = await fieldNames(url, database, login);
    const hiddenFields = Object.fromEntries(
      Object.entries(seen).map(([model, names]) => [model, (all[model] ?? []).filter((name) => !names.includes(name))]),
    );
    const choices = [null, ...(companyIds.length > 1 ? companyIds.map((id) => [id]) : [])];
    for (const chosen of choices) {
      const visible = await searchAll(url, database, login, chosen);
      cases.push({ login, companyIds: chosen, visible, hiddenFields });
    }
  }
  return { epoch: policy.epoch, cases };
}

async function searchAll(url: string, database: string, login: string, companyIds: readonly number[] | null) {
  const client = openOdooClient({ url, database, login, apiKey: sampleKey(login) });
  const context = { active_test: false, ...(companyIds === null ? {} : { allowed_company_ids: companyIds }) };
  const visible: Record<string, readonly number[] | null> = {};
  for (const model of ingestedModels()) {
    const ids = await unlessRefused(client.call(model, "search", { domain: [], order: "id", context }));
    visible[model] = Array.isArray(ids) ? ids : null;
  }
  return visible;
}

async function fieldNames(url: string, database: string, login: string): Promise<Record<string, readonly string[]>> {
  const client = openOdooClient({ url, database, login, apiKey: sampleKey(login) });
  const names: Record<string, readonly string[]> = {};
  for (const model of ingestedModels()) {
    const readable = await unlessRefused(client.call(model, "search_count", { domain: [] }));
    const fields =
      readable === null ? null : await unlessRefused(client.call(model, "fields_get", { attributes: ["type"] }));
    if (typeof fields === "object" && fields !== null) names[model] = Object.keys(fields).sort();
  }
  return names;
}

async function unlessRefused(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GroundworkError && error.code === "odoo-refused") return null;
    throw error;
  }
}

/** As `infra/sample/seed.py` makes them. */
function sampleKey(login: string): string {
  return createHash("sha1").update(`groundwork-sample:${login}`).digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const recorded = await record(
    process.env["ODOO_URL"] ?? "http://127.0.0.1:8070",
    process.env["ODOO_DATABASE"] ?? "sample",
  );
  const packed = gzipSync(JSON.stringify(recorded), { level: 9 });
  packed[9] = 255; // The operating system in gzip's header: unknown.
  writeFileSync(FILE, packed);
  process.stdout.write(`${FILE}: ${recorded.cases.length} cases, ${packed.length} bytes\n`);
}
