import PQueue from "p-queue";
import { RECORD_MODEL_FIELDS, RECORD_PREFIX } from "../../permissions/odoo/dependent-models.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { prefixAttributes } from "../../permissions/record-attributes.ts";
import type { OdooRecord, RecordSelection } from "../../infra/odoo/port.ts";
import { type ReadContext, type ReadRecord, readModel } from "./read-model.ts";

/** Access attributes by `model/id`: of all that messages and attachments may hang on. */
export type KnownAccess = Map<string, AccessAttributes>;

/** Models asked about side by side; a small Odoo has few workers. */
export const MODELS_AT_ONCE = 3;

/** Messages and attachments take the access of the record that they hang on, so they come last, messages first. */
export function byDependence(left: string, right: string): number {
  return order(left) - order(right);
}

/**
 * As `readModel`, with the attributes of the record behind where one is known; adds what it reads to `known`. Whoever reads everything has
 * read the records behind before; for selected records those that are not known yet are read.
 */
export async function* readAccessible(
  model: string,
  wanted: readonly string[],
  context: ReadContext,
  known: KnownAccess,
  signal?: AbortSignal,
  selection?: RecordSelection,
): AsyncGenerator<readonly ReadRecord[]> {
  const link = RECORD_MODEL_FIELDS.get(model);
  const fields = link === undefined ? wanted : [...wanted, link, "res_id"];
  for await (const page of readModel(model, fields, context, signal, selection)) {
    if (link !== undefined && selection !== undefined) await readBehind(page, link, context, known, signal);
    const pages = page.map((read) => (link === undefined ? read : withRecordBehind(read, link, known)));
    for (const { record, access } of pages) known.set(`${model}/${record.id}`, access);
    yield pages;
  }
}

/** Notes the access of the records of models that are not ingested, but that messages and attachments hang on. */
export async function readHosts(context: ReadContext, known: KnownAccess, signal?: AbortSignal): Promise<void> {
  for (const model of context.policy.hostModels ?? []) {
    for await (const page of readAccessible(model, [], context, known, signal)) void page;
  }
}

/** The access attributes of all ingested records, by model and id, as ingestion gives them to the parts that hold their open fields. */
export async function readAllAccess(
  context: ReadContext,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<number, AccessAttributes>>> {
  const known: KnownAccess = new Map();
  const found = new Map<string, Map<number, AccessAttributes>>();
  await readHosts(context, known, signal);
  for (const model of context.policy.ingestedModels.toSorted(byDependence)) {
    const records = new Map<number, AccessAttributes>();
    found.set(model, records);
    for await (const page of readAccessible(model, [], context, known, signal)) {
      for (const { record, access } of page) records.set(record.id, { ...access, requires: [] });
    }
  }
  return found;
}

/** Notes the access of the records that these hang on. */
async function readBehind(
  page: readonly ReadRecord[],
  link: string,
  context: ReadContext,
  known: KnownAccess,
  signal?: AbortSignal,
): Promise<void> {
  const { ingestedModels, hostModels = [] } = context.policy;
  const missing = page.filter(({ record }) => !known.has(behindOf(record, link)));
  const byModel = Map.groupBy(missing, ({ record }) => text(record[link]));
  // Each is one short question.
  const queue = new PQueue({ concurrency: MODELS_AT_ONCE });
  await queue.addAll(
    [...byModel].map(([model, reads]) => async () => {
      if (!ingestedModels.includes(model) && !hostModels.includes(model)) return;
      const ids = new Set(
        reads.flatMap(({ record }) => (typeof record["res_id"] === "number" ? record["res_id"] : [])),
      );
      const selection = { among: { id: [...ids] } };
      for await (const found of readAccessible(model, [], context, known, signal, selection)) void found;
    }),
  );
}

function behindOf(record: OdooRecord, link: string): string {
  return `${text(record[link])}/${text(record["res_id"])}`;
}

/** Where the record behind is not known its attributes stay unknown, and what asks for them is shown to nobody. */
function withRecordBehind({ record, access }: ReadRecord, link: string, known: KnownAccess): ReadRecord {
  const behind = known.get(behindOf(record, link));
  return { record, access: behind === undefined ? access : { ...access, ...prefixAttributes(RECORD_PREFIX, behind) } };
}

function order(model: string): number {
  return model === "mail.message" ? 1 : model === "ir.attachment" ? 2 : 0;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
