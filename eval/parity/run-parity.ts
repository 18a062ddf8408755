import type { Json2Settings } from "../../infra/odoo/json2-client.ts";
import { openJson2Source } from "../../infra/odoo/json2-source.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import {
  ATTACHMENT_FIELDS,
  ATTACHMENT_MODEL,
  ATTACHMENT_REFERENCES,
  catalogue,
  ingestedModels,
} from "../../ingest/catalogue.ts";
import { cataloguedFields } from "../../ingest/catalogued-model.ts";
import { readAllAccess } from "../../ingest/records/read-access.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import { explainPlan, planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { type AccessIndex, type RecordAccess, openAccessIndex } from "./access-index.ts";
import { type OdooReader, askOdoo } from "./ask-odoo.ts";
import { compareFields } from "./compare-fields.ts";
import { compareRecords } from "./compare-records.ts";
import { type ModelParity, ModelTally } from "./parity-report.ts";

/** People asked at the same time; a small Odoo has few workers. */
const AT_ONCE = 3;

export interface ParityRun {
  readonly users: number;
  readonly models: readonly ModelParity[];
}

export interface ParityOptions {
  /** Every field that the sync account sees, and not only those that the catalogue shows. */
  readonly allFields?: boolean;
  /** Called with the login of each person who is done. */
  readonly onProgress?: (login: string) => void;
}

interface Comparison {
  readonly policy: PolicySnapshot;
  readonly access: RecordAccess;
  readonly index: AccessIndex;
  readonly tallies: ReadonlyMap<string, ModelTally>;
  readonly allFields: boolean;
}

/**
 * Holds our filters against what Odoo shows: every person with a key, every ingested model that this Odoo has, a plain call and each
 * company of those who have several. `settings` are the sync account's. Errors: those of the source, and `odoo-refused` for a key.
 */
export async function runParity(
  settings: Json2Settings,
  keys: ReadonlyMap<string, string>,
  { allFields = false, onProgress = () => {} }: ParityOptions = {},
): Promise<ParityRun> {
  await using cleanup = new AsyncDisposableStack();
  const odoo = cleanup.adopt(openJson2Source(settings), (source) => source.close());
  const policy = await readPolicy(odoo, ingestedModels());
  const access = await readAllAccess({ odoo, policy, footprint: ruleFootprint(policy, policy.ingestedModels) });
  const index = cleanup.use(await openAccessIndex(access));
  const models = policy.ingestedModels.filter((model) => Object.hasOwn(policy.models, model));
  const tallies = new Map(models.map((model) => [model, new ModelTally(model)]));
  for (const [model, tally] of tallies) tally.saw(access.get(model)?.keys() ?? []);
  const waiting = [...keys];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [login, apiKey] = next;
      await comparePerson(login, await askOdoo({ ...settings, apiKey }, login), {
        policy,
        access,
        index,
        tallies,
        allFields,
      });
      onProgress(login);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { users: keys.size, models: [...tallies.values()].map((tally) => tally.result()) };
}

async function comparePerson(login: string, reader: OdooReader, comparison: Comparison): Promise<void> {
  const companyIds = comparison.policy.users.find((user) => user.login === login)?.companyIds ?? [];
  const choices = [null, ...(companyIds.length > 1 ? companyIds.map((id) => [id]) : [])];
  for (const chosen of choices) await compareChoice(login, chosen, reader, comparison);
}

async function compareChoice(
  login: string,
  companyIds: readonly number[] | null,
  reader: OdooReader,
  { policy, access, index, tallies, allFields }: Comparison,
): Promise<void> {
  const principal = resolvePrincipal(login, policy, companyIds ?? undefined);
  const filter = planAccess(principal, policy);
  const indexed = await index.admitted(filter);
  const reasons = new Map(explainPlan(principal, policy).map(({ model, reason }) => [model, reason]));
  for (const [model, tally] of tallies) {
    const shown = await reader.search(model, companyIds);
    const records = access.get(model) ?? new Map();
    const evaluated = new Set(
      [...records].filter(([, attributes]) => evaluateAccess(filter, attributes)).map(([id]) => id),
    );
    const { over, under } = compareRecords(shown, evaluated, indexed.get(model) ?? new Set());
    tally.saw(shown ?? []);
    const who = companyIds === null ? login : `${login} in company ${companyIds.join()}`;
    tally.over(`records for ${who}: ${some(over)}`, over.length);
    const unread = under.filter((id) => !records.has(id));
    const refused = under.filter((id) => records.has(id));
    tally.under(`records that the sync account does not see, for ${who}: ${some(unread)}`, unread.length);
    const reason = reasons.get(model);
    tally.under(`records for ${who}: ${some(refused)}${reason === undefined ? "" : ` (${reason})`}`, refused.length);
    // Who sees which fields does not depend on companies; of a model that neither side shows there is nothing to compare.
    if (companyIds !== null || (shown === null && evaluated.size === 0)) continue;
    const fields = allFields ? Object.keys(policy.models[model]?.fields ?? {}) : cataloguedFieldsOf(model);
    const fieldDifference = compareFields((await reader.fields(model)) ?? new Set(), model, fields, principal, policy);
    tally.compared(fields);
    for (const field of fieldDifference.over) tally.over(`field ${field}`, 1);
    for (const field of fieldDifference.under) tally.under(`field ${field}`, 1);
  }
}

/** What the catalogue shows of a model, as a record, as lines of one or as an attached file. */
function cataloguedFieldsOf(model: string): readonly string[] {
  if (model === ATTACHMENT_MODEL) return [...ATTACHMENT_FIELDS, ...ATTACHMENT_REFERENCES];
  return catalogue.flatMap((entry) => [
    ...(entry.model === model ? cataloguedFields(entry) : []),
    ...(entry.lines?.model === model ? entry.lines.fields : []),
  ]);
}

function some(ids: readonly number[]): string {
  return ids.length > 8 ? `${ids.slice(0, 8).join(", ")}, …` : ids.join(", ");
}
