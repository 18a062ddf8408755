import { createHash } from "node:crypto";
import PQueue from "p-queue";
import type { SourceScope } from "../../infra/db/port.ts";
import { idBatches } from "../../infra/odoo/id-batches.ts";
import { linkedId } from "../../infra/odoo/linked-record.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "../../infra/odoo/port.ts";
import { type RuleFootprint, ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { ATTACHMENT_FIELDS, ATTACHMENT_MODEL, ATTACHMENT_REFERENCES } from "../catalogue.ts";
import { cataloguedEntries } from "../catalogued-entries.ts";
import { type CataloguedModel, cataloguedFields, lineFields } from "../catalogued-model.ts";
import type { FileParser } from "../parse-once.ts";
import { PIPELINE_VERSION } from "../pipeline-version.ts";
import { type KnownAccess, MODELS_AT_ONCE, readAccessible, readHosts } from "../records/read-access.ts";
import type { ReadRecord } from "../records/read-model.ts";
import { type ReadLines, renderRecord } from "../records/render-record.ts";
import { attachmentItem } from "./odoo-attachments.ts";
import type { DocumentSource, DraftDocument, Section, SourceItem } from "./port.ts";

export interface OdooRecordsTools {
  readonly odoo: OdooSource;
  readonly policy: PolicySnapshot;
  readonly parser: FileParser;
  /** Of the policy, where whoever opens the records has it already. */
  readonly footprint?: RuleFootprint;
}

/** Records by model: some by id, or all of them. */
export type WantedRecords = ReadonlyMap<string, ReadonlySet<number> | "all">;

export interface OdooRecords extends DocumentSource {
  /** The items of these records alone; what is not there any more gives none. */
  changed(wanted: WantedRecords, signal?: AbortSignal): AsyncIterable<SourceItem>;
}

/** Records asked for by id at once. */
const BATCH = 500;
/** Records of a section. */
const WINDOW = 1000;

/** The catalogued records of an Odoo and the files attached to them. */
export async function openOdooRecords(tools: OdooRecordsTools, signal?: AbortSignal): Promise<OdooRecords> {
  const { source } = await tools.odoo.server(signal);
  const { policy } = tools;
  const context = { ...tools, footprint: tools.footprint ?? ruleFootprint(policy, policy.ingestedModels) };
  const entries = cataloguedEntries(policy);
  const models = [...entries.map(({ model }) => model), ATTACHMENT_MODEL];
  const changed: OdooRecords["changed"] = async function* (wanted, stop) {
    const known: KnownAccess = new Map();
    for (const entry of entries) {
      for (const ids of batches(wanted.get(entry.model))) yield* recordItems(entry, context, known, stop, ids);
    }
    for (const ids of batches(wanted.get(ATTACHMENT_MODEL))) yield* attachmentItems(context, known, stop, ids);
  };
  return {
    name: source,
    sections: async (stop) => {
      const queue = new PQueue({ concurrency: MODELS_AT_ONCE });
      const listed = await queue.addAll(
        models.map((model) => async () => windows(model, await tools.odoo.ids(model, stop))),
      );
      return listed.flat();
    },
    items: async function* (scope = "all", stop) {
      if (scope !== "all") {
        yield* changed(await wantedRecords(scope, models, tools.odoo, stop), stop);
        return;
      }
      const known: KnownAccess = new Map();
      await readHosts(context, known, stop);
      for (const entry of entries) yield* recordItems(entry, context, known, stop);
      yield* attachmentItems(context, known, stop);
    },
    changed,
  };
}

/** All ids there may be, with about as many records in each window; none for a model without any records. */
function windows(model: string, ids: readonly number[]): readonly Section[] {
  if (ids.length === 0) return [];
  const ends = ids.filter((_, at) => (at + 1) % WINDOW === 0 && at + 1 < ids.length);
  return [...ends, null].map((idUpTo, at) => ({
    scope: { model, idAfter: ends[at - 1] ?? 0, idUpTo },
    size: idUpTo === null ? ids.length - at * WINDOW : WINDOW,
  }));
}

async function wantedRecords(
  scope: Exclude<SourceScope, "all">,
  models: readonly string[],
  odoo: OdooSource,
  signal?: AbortSignal,
): Promise<WantedRecords> {
  if ("keys" in scope) return recordsOf(scope.keys);
  const { model, idAfter, idUpTo } = scope;
  if (!models.includes(model)) return new Map();
  if (idAfter === 0 && idUpTo === null) return new Map([[model, "all"]]);
  const selection = { idAfter, ...(idUpTo === null ? {} : { idUpTo }) };
  return new Map([[model, new Set(await odoo.ids(model, signal, selection))]]);
}

/** The records that these keys name, `<model>/<id>` each. */
function recordsOf(keys: readonly string[]): WantedRecords {
  const named = keys.flatMap((key) => {
    const [, model, id] = /^([^/]+)\/(\d{1,15})$/.exec(key) ?? [];
    return model === undefined ? [] : [{ model, id: Number(id) }];
  });
  const byModel = Map.groupBy(named, ({ model }) => model);
  return new Map([...byModel].map(([model, some]) => [model, new Set(some.map(({ id }) => id))]));
}

function batches(wanted: ReadonlySet<number> | "all" = new Set()): readonly (readonly number[] | "all")[] {
  return wanted === "all" ? ["all"] : idBatches(wanted, BATCH);
}

/** A selection, even of all, has what records hang on read as well. */
function selectionOf(field: string, ids: readonly number[] | "all" | undefined): RecordSelection | undefined {
  if (ids === undefined) return undefined;
  return ids === "all" ? {} : { among: { [field]: ids } };
}

type Context = OdooRecordsTools & { readonly footprint: RuleFootprint };

async function* recordItems(
  entry: CataloguedModel,
  context: Context,
  known: KnownAccess,
  signal?: AbortSignal,
  ids?: readonly number[] | "all",
): AsyncGenerator<SourceItem> {
  const lines = await readLines(entry, context, known, signal, ids);
  const fields = withCurrencies(cataloguedFields(entry), entry.model, context.policy);
  const selection = selectionOf("id", ids);
  for await (const page of readAccessible(entry.model, fields, context, known, signal, selection)) {
    for (const read of page) {
      const item = recordItem(read, lines.get(read.record.id) ?? [], entry, context.policy);
      if (item !== null) yield item;
    }
  }
}

async function* attachmentItems(
  context: Context,
  known: KnownAccess,
  signal?: AbortSignal,
  ids?: readonly number[] | "all",
): AsyncGenerator<SourceItem> {
  const fields = [...ATTACHMENT_FIELDS, ...ATTACHMENT_REFERENCES];
  const selection = selectionOf("id", ids);
  for await (const page of readAccessible(ATTACHMENT_MODEL, fields, context, known, signal, selection)) {
    for (const read of page) {
      const item = attachmentItem(read, context);
      if (item !== null) yield item;
    }
  }
}

async function readLines(
  entry: CataloguedModel,
  context: Context,
  known: KnownAccess,
  signal?: AbortSignal,
  parents?: readonly number[] | "all",
): Promise<ReadonlyMap<number, readonly ReadLines[]>> {
  const result = new Map<number, ReadLines[]>();
  for (const catalogued of entry.lines ?? []) {
    const { model, parentField } = catalogued;
    const fields = withCurrencies(lineFields(catalogued), model, context.policy);
    const selection = selectionOf(parentField, parents);
    const byParent = new Map<number, ReadRecord[]>();
    for await (const page of readAccessible(model, fields, context, known, signal, selection)) {
      for (const read of page) {
        const parent = linkedId(read.record[parentField]);
        if (parent === null) continue;
        const siblings = byParent.get(parent);
        if (siblings === undefined) byParent.set(parent, [read]);
        else siblings.push(read);
      }
    }
    for (const [parent, lines] of byParent) {
      result.set(parent, [...(result.get(parent) ?? []), { catalogued, lines }]);
    }
  }
  return result;
}

/** Where a person opens a record, within Odoo; before 18 records had no address of their own. */
function recordPath(model: string, id: number, odooVersion = Number.POSITIVE_INFINITY): string {
  return odooVersion < 18 ? `/web#id=${id}&model=${model}&view_type=form` : `/odoo/${model}/${id}`;
}

function recordItem(
  read: ReadRecord,
  lines: readonly ReadLines[],
  entry: CataloguedModel,
  policy: PolicySnapshot,
): SourceItem | null {
  const parts = renderRecord(read, lines, entry, policy);
  if (parts.length === 0) return null;
  const { id } = read.record;
  const document: DraftDocument = {
    key: `${entry.model}/${id}`,
    kind: entry.kind,
    title: titleOf(read.record, entry),
    model: entry.model,
    recordId: id,
    url: recordPath(entry.model, id, policy.odooVersion),
    metadata: {},
    parts,
  };
  const fingerprint = createHash("sha256")
    .update(`${PIPELINE_VERSION}\n${JSON.stringify(document)}`)
    .digest("hex");
  return {
    key: document.key,
    fingerprint,
    access: parts.map(({ key, access }) => ({ key, access })),
    load: () => Promise.resolve({ documents: [document], failures: [] }),
  };
}

/** With the fields that say in which currency the others are. */
function withCurrencies(fields: readonly string[], model: string, policy: PolicySnapshot): readonly string[] {
  const described = policy.models[model]?.fields ?? {};
  return [...new Set([...fields, ...fields.flatMap((field) => described[field]?.currencyField ?? [])])];
}

function titleOf(record: OdooRecord, { kind, titleStart, titleFields = ["display_name"] }: CataloguedModel): string {
  const names = titleFields.flatMap((field) => {
    const value = record[field];
    const name: unknown = Array.isArray(value) ? value[1] : value;
    return typeof name === "string" && name.trim() !== "" ? [name] : [];
  });
  const start = titleStart ?? `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return `${start} ${names.length > 0 ? names.join(", ") : record.id}`.replaceAll(/\s+/g, " ").trim();
}
