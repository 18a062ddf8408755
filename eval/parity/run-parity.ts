import type { Config } from "../../infra/config.ts";
import type { Log } from "../../infra/log.ts";
import type { ModelChoice } from "../../infra/odoo/installed-models.ts";
import { type UnseenReading, joinedSource } from "../../infra/odoo/joined-source.ts";
import type { OdooSettings } from "../../infra/odoo/odoo-client.ts";
import { openAccount, openPeople } from "../../infra/odoo/own-account.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { ATTACHMENT_FIELDS, ATTACHMENT_MODEL, ATTACHMENT_REFERENCES } from "../../ingest/catalogue.ts";
import { cataloguedEntries } from "../../ingest/catalogued-entries.ts";
import { cataloguedFields } from "../../ingest/catalogued-model.ts";
import { modelChoice } from "../../ingest/model-choice.ts";
import { readAllAccess } from "../../ingest/records/read-access.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import { explainPlan, planAccess } from "../../permissions/plan-access.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Principal } from "../../permissions/principal.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { type AccessIndex, type RecordAccess, openAccessIndex } from "./access-index.ts";
import { type OdooReader, askOdoo } from "./ask-odoo.ts";
import { compareFields } from "./compare-fields.ts";
import { type RecordDifference, compareRecords } from "./compare-records.ts";
import { type ModelParity, ModelTally } from "./parity-report.ts";

/** People asked at the same time; a small Odoo has few workers. */
const AT_ONCE = 3;

export interface ParityRun {
  readonly users: number;
  readonly models: readonly ModelParity[];
  /** What was read with people's own keys, by model. */
  readonly unseen: readonly UnseenReading[];
}

export interface ParityOptions {
  readonly log: Log;
  /** Which models are ingested; the usual choice unless stated. */
  readonly models?: ModelChoice;
  /** Measures the product as it runs without people's own keys. */
  readonly syncAccountOnly?: boolean;
  /** Every field that the sync account sees, and not only those that the catalogue shows. */
  readonly allFields?: boolean;
  /** A Postgres through which everything is compared as well; nothing in it is changed. */
  readonly databaseUrl?: string;
  /** A Qdrant through which everything is compared as well, in a collection of its own that is removed at the end. */
  readonly qdrant?: Config["qdrant"];
  /** Called with the login of each person who is done. */
  readonly onProgress?: (login: string) => void;
}

/** A person, and with which companies Odoo is asked; `principal` null: the policy does not have this person. */
interface Person {
  readonly login: string;
  readonly companyIds: readonly number[] | null;
  readonly reader: OdooReader;
  readonly principal: Principal | null;
}

interface Comparison {
  readonly policy: PolicySnapshot;
  readonly access: RecordAccess;
  readonly indexes: readonly AccessIndex[];
  readonly tallies: ReadonlyMap<string, ModelTally>;
  readonly allFields: boolean;
}

/**
 * Holds our filters against what Odoo shows: every person with a key, every ingested model that this Odoo has, a plain call, and for
 * those who have several companies all of them by name and each alone. `settings` are the sync account's; records come from the very source
 * that ingestion reads with `ODOO_READER_KEYS`. Errors: those of the source, and `odoo-refused` for a key.
 */
export async function runParity(
  settings: OdooSettings,
  keys: ReadonlyMap<string, string>,
  {
    log,
    models = modelChoice(),
    allFields = false,
    syncAccountOnly = false,
    databaseUrl,
    qdrant = null,
    onProgress = () => {},
  }: ParityOptions,
): Promise<ParityRun> {
  await using cleanup = new AsyncDisposableStack();
  const unseen = new Map<string, UnseenReading>();
  const source = joinedSource(openAccount(settings), syncAccountOnly ? [] : openPeople(settings, keys), {
    log,
    onUnseen: (reading) => void unseen.set(reading.model, reading),
  });
  const odoo = cleanup.adopt(source, (open) => open.close());
  const policy = await readPolicy(odoo, models);
  const readers = await openReaders(settings, keys, policy);
  const access = await readAllAccess({ odoo, policy, footprint: ruleFootprint(policy, policy.ingestedModels) });
  const indexes = [cleanup.use(await openAccessIndex(access))];
  if (databaseUrl !== undefined) indexes.push(cleanup.use(await openAccessIndex(access, { databaseUrl })));
  if (qdrant !== null) indexes.push(cleanup.use(await openAccessIndex(access, { databaseUrl, qdrant })));
  const tallies = new Map(policy.ingestedModels.map((model) => [model, new ModelTally(model)]));
  for (const [model, tally] of tallies) tally.saw(access.get(model)?.keys() ?? []);
  const waiting = [...readers];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [login, reader] = next;
      await comparePerson(login, reader, { policy, access, indexes, tallies, allFields });
      onProgress(login);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // What is not described is not installed, unless somebody sees records of it that the sync account may not read.
  const compared = [...tallies.values()]
    .map((tally) => tally.result())
    .filter(({ model, records }) => Object.hasOwn(policy.models, model) || records > 0);
  const byPeople = [...unseen.values()].filter(({ records }) => records > 0);
  return { users: keys.size, models: compared, unseen: byPeople };
}

/** Before the long reading: one key that proves nothing spoils the run. */
async function openReaders(
  settings: OdooSettings,
  keys: ReadonlyMap<string, string>,
  policy: PolicySnapshot,
): Promise<ReadonlyMap<string, OdooReader>> {
  const logins = new Map(policy.users.map((user) => [user.id, user.login]));
  const readers = new Map<string, OdooReader>();
  for (const [login, apiKey] of keys) readers.set(login, await askOdoo({ ...settings, apiKey }, login, logins));
  return readers;
}

async function comparePerson(login: string, reader: OdooReader, comparison: Comparison): Promise<void> {
  const companyIds = comparison.policy.users.find((user) => user.login === login)?.companyIds ?? [];
  const choices = [null, ...(companyIds.length > 1 ? [companyIds, ...companyIds.map((id) => [id])] : [])];
  for (const chosen of choices) await compareChoice(login, chosen, reader, comparison);
}

async function compareChoice(
  login: string,
  companyIds: readonly number[] | null,
  reader: OdooReader,
  { policy, access, indexes, tallies, allFields }: Comparison,
): Promise<void> {
  const principal = principalOf(login, companyIds, policy);
  const filter = principal === null ? null : planAccess(principal, policy);
  const indexed = await Promise.all(filter === null ? [] : indexes.map((index) => index.admitted(filter)));
  const plans = principal === null ? [] : explainPlan(principal, policy);
  const reasons = new Map(plans.map(({ model, reason }) => [model, reason]));
  const person: Person = { login, companyIds, reader, principal };
  for (const [model, tally] of tallies) {
    const records = access.get(model) ?? new Map<number, AccessAttributes>();
    const evaluated = new Set(
      [...records].filter(([, attributes]) => filter !== null && evaluateAccess(filter, attributes)).map(([id]) => id),
    );
    const shown = await reader.search(model, companyIds);
    tally.saw(shown ?? []);
    const reason = principal === null ? "the sync account does not see this person" : reasons.get(model);
    const gates = indexed.map((admitted) => admitted.get(model) ?? new Set<number>());
    noteRecords(compareRecords(shown, evaluated, ...gates), records, tally, person, reason);
    // Who sees which fields does not depend on companies; of a model that neither side shows there is nothing to compare.
    if (companyIds !== null || (shown === null && evaluated.size === 0)) continue;
    await compareModelFields(tally, person, policy, allFields);
  }
}

function noteRecords(
  { over, under }: RecordDifference,
  records: ReadonlyMap<number, AccessAttributes>,
  tally: ModelTally,
  { login, companyIds }: Person,
  reason: string | undefined,
): void {
  const who = companyIds === null ? login : `${login} in companies ${companyIds.join()}`;
  const unread = under.filter((id) => !records.has(id));
  const refused = under.filter((id) => records.has(id));
  tally.over(`records for ${who}: ${some(over)}`, over.length);
  tally.under(`records that the sync account does not see, for ${who}: ${some(unread)}`, unread.length);
  tally.under(`records for ${who}: ${some(refused)}${reason === undefined ? "" : ` (${reason})`}`, refused.length);
}

async function compareModelFields(
  tally: ModelTally,
  { reader, principal }: Person,
  policy: PolicySnapshot,
  allFields: boolean,
): Promise<void> {
  if (principal === null) return;
  const { model } = tally;
  const fields = allFields ? Object.keys(policy.models[model]?.fields ?? {}) : cataloguedFieldsOf(model, policy);
  const { over, under } = compareFields((await reader.fields(model)) ?? new Set(), model, fields, principal, policy);
  tally.compared(fields);
  for (const field of over) tally.over(`field ${field}`, 1);
  for (const field of under) if (await reader.reads(model, field)) tally.under(`field ${field}`, 1);
}

/** Null for a person whom the policy does not have: such a person finds nothing. */
function principalOf(login: string, companyIds: readonly number[] | null, policy: PolicySnapshot): Principal | null {
  try {
    return resolvePrincipal(login, policy, companyIds ?? undefined);
  } catch (error) {
    if (error instanceof PermissionError && error.code === "unknown-login") return null;
    throw error;
  }
}

/** What the catalogue shows of a model, as a record, as lines of one or as an attached file. */
function cataloguedFieldsOf(model: string, policy: PolicySnapshot): readonly string[] {
  if (model === ATTACHMENT_MODEL) return [...ATTACHMENT_FIELDS, ...ATTACHMENT_REFERENCES];
  const fields = cataloguedEntries(policy).flatMap((entry) => [
    ...(entry.model === model ? cataloguedFields(entry) : []),
    ...(entry.lines ?? []).flatMap((lines) => (lines.model === model ? lines.fields : [])),
  ]);
  return [...new Set(fields)];
}

function some(ids: readonly number[]): string {
  return ids.length > 8 ? `${ids.slice(0, 8).join(", ")}, …` : ids.join(", ");
}
