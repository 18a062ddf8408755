import type { FieldDescription } from "../../permissions/policy-snapshot.ts";
import { GroundworkError } from "../errors.ts";
import { FIELD_ATTRIBUTES, describeFields } from "./describe-fields.ts";
import type { OdooClient, OdooSettings } from "./odoo-client.ts";
import { openOdooClient } from "./open-odoo-client.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";
import type { OdooRecord, OdooServer, OdooSource, RecordSelection } from "./port.ts";
import { CONTEXT, type Condition, isRecord, readIds, readWindow } from "./read-window.ts";
import { isRefused } from "./unless-refused.ts";

const PAGE_SIZE = 500;
const MAXIMUM_PROBE = 1 << 17;

/** A domain that names `id` would also show the attachments that stand for a field, which a search without it hides. */
const ALWAYS: Readonly<Record<string, readonly Condition[]>> = { "ir.attachment": [["res_field", "=", false]] };

/** A running Odoo, of any version that is supported, under the names of Odoo 19. It opens no connection before the first call. */
export function openLiveSource(settings: OdooSettings, client = openOdooClient(settings)): OdooSource {
  const closed = new AbortController();
  const undated = new Set<string>();
  const alive = (signal?: AbortSignal): AbortSignal =>
    signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]);
  return {
    server: (signal) => readServer(client, settings, alive(signal)),
    fields: (model, signal) => readFields(client, model, alive(signal)),
    records: (model, fields, signal, selection) => readRecords(client, model, fields, selection, alive(signal)),
    ids: (model, signal, selection) => readIds(client, model, domainOf(model, selection), alive(signal)),
    count: (model, signal, selection) => readCount(client, model, domainOf(model, selection), alive(signal)),
    extent: (model, signal) => readExtent(client, model, undated, alive(signal)),
    values: (model, field, signal) => readValues(client, model, field, alive(signal)),
    externalIds: (model, ids, signal) => readExternalIds(client, model, ids, alive(signal)),
    attachment: (id, signal) => readAttachment(client, id, alive(signal)),
    close: async () => {
      closed.abort();
    },
  };
}

async function readServer(client: OdooClient, settings: OdooSettings, signal: AbortSignal): Promise<OdooServer> {
  const { version, at } = await client.server(signal);
  return {
    source: `odoo:${settings.database}`,
    url: settings.url.replace(/\/+$/, ""),
    version,
    takenAt: at.toISOString(),
  };
}

async function readFields(
  client: OdooClient,
  model: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, FieldDescription>>> {
  return describeFields(
    model,
    await client.call(model, "fields_get", { attributes: FIELD_ATTRIBUTES, context: CONTEXT }, signal),
  );
}

/** What is selected by its values or its date is read in one answer; everything else in windows of ids. */
async function* readRecords(
  client: OdooClient,
  model: string,
  fields: readonly string[],
  selection: RecordSelection | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly OdooRecord[]> {
  const names = [...new Set(["id", ...fields])];
  const domain = domainOf(model, selection);
  const isWhole = selection?.among === undefined && selection?.writtenSince === undefined;
  // The tables that state the policy are small, and asked for all the time.
  if (isWhole && !Object.hasOwn(POLICY_FIELDS, model)) {
    yield* readWindows(client, model, names, domain, signal);
  } else {
    const page = await readWindow(client, model, names, domain, signal);
    if (page.length > 0) yield page;
  }
}

function domainOf(model: string, selection: RecordSelection = {}): readonly Condition[] {
  const { among = {}, writtenSince, idAfter, idUpTo } = selection;
  return [
    ...(ALWAYS[model] ?? []),
    ...Object.entries(among).map(([field, values]): Condition => [field, "in", values]),
    ...(writtenSince === undefined ? [] : [["write_date", ">=", odooInstant(writtenSince)] as const]),
    ...(idAfter === undefined ? [] : [["id", ">", idAfter] as const]),
    ...(idUpTo === undefined ? [] : [["id", "<=", idUpTo] as const]),
  ];
}

/** Odoo's text of an instant: UTC, without a zone. */
function odooInstant(iso: string): string {
  return new Date(iso).toISOString().slice(0, 19).replace("T", " ");
}

async function readExtent(
  client: OdooClient,
  model: string,
  undated: Set<string>,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly lastWritten: string | null }> {
  if (!undated.has(model)) {
    try {
      const body = {
        domain: ALWAYS[model] ?? [],
        groupby: [],
        aggregates: ["__count", "write_date:max"],
        context: CONTEXT,
      };
      const answer = await client.call(model, "formatted_read_group", body, signal);
      const row: unknown = Array.isArray(answer) ? answer[0] : undefined;
      if (!isObject(row) || typeof row["__count"] !== "number") {
        throw new GroundworkError("odoo-answer", `Odoo answered ${model}.formatted_read_group with something else.`);
      }
      const last = row["write_date:max"];
      return { count: row["__count"], lastWritten: typeof last === "string" ? last : null };
    } catch (error) {
      if (!isRefused(error)) throw error;
      // A model without dates; where it is refused as a whole, counting is refused as well.
      undated.add(model);
    }
  }
  return { count: await readCount(client, model, ALWAYS[model] ?? [], signal), lastWritten: null };
}

async function readCount(
  client: OdooClient,
  model: string,
  domain: readonly Condition[],
  signal: AbortSignal,
): Promise<number> {
  const count = await client.call(model, "search_count", { domain, context: CONTEXT }, signal);
  if (typeof count === "number") return count;
  throw new GroundworkError("odoo-answer", `Odoo answered ${model}.search_count without a number.`);
}

/**
 * Pages are windows of ids, each read whole: `mail.message` applies a limit before it hides what the account may not see, so that a
 * short or empty page tells nothing. Where a window is empty, Odoo is asked whether anything is left, and where.
 */
async function* readWindows(
  client: OdooClient,
  model: string,
  names: readonly string[],
  always: readonly Condition[],
  signal: AbortSignal,
): AsyncGenerator<readonly OdooRecord[]> {
  let last = 0;
  for (;;) {
    const page = await readWindow(client, model, names, [...always, ...within(last, last + PAGE_SIZE)], signal);
    if (page.length > 0) {
      yield page;
      last += PAGE_SIZE;
      continue;
    }
    const next = await firstIdAfter(client, model, always, last + PAGE_SIZE, signal);
    if (next === undefined) return;
    last = next - 1;
  }
}

function within(after: number, upTo: number): readonly Condition[] {
  return [
    ["id", ">", after],
    ["id", "<=", upTo],
  ];
}

async function firstIdAfter(
  client: OdooClient,
  model: string,
  always: readonly Condition[],
  start: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  let last = start;
  for (let size = PAGE_SIZE * 2; ; size = Math.min(size * 2, MAXIMUM_PROBE)) {
    if ((await readCount(client, model, [...always, ["id", ">", last]], signal)) === 0) return undefined;
    const [first] = await readIds(client, model, [...always, ...within(last, last + size)], signal);
    if (first !== undefined) return first;
    last += size;
  }
}

async function readValues(
  client: OdooClient,
  model: string,
  field: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answer = await client.call(
    model,
    "formatted_read_group",
    { domain: ALWAYS[model] ?? [], groupby: [field], aggregates: ["__count"], context: CONTEXT },
    signal,
  );
  if (!Array.isArray(answer) || !answer.every(isObject)) {
    throw new GroundworkError("odoo-answer", `Odoo answered ${model}.formatted_read_group with something else.`);
  }
  return answer.flatMap(({ [field]: value }) => (typeof value === "string" && value !== "" ? [value] : [])).sort();
}

/** The oldest external id counts where a record has several. */
async function readExternalIds(
  client: OdooClient,
  model: string,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for (let start = 0; start < ids.length; start += PAGE_SIZE) {
    const domain: readonly Condition[] = [
      ["model", "=", model],
      ["res_id", "in", ids.slice(start, start + PAGE_SIZE)],
    ];
    for (const row of await readWindow(client, "ir.model.data", ["complete_name", "res_id"], domain, signal)) {
      const { res_id: id, complete_name: name } = row;
      if (typeof id === "number" && typeof name === "string" && !found.has(id)) found.set(id, name);
    }
  }
  return found;
}

async function readAttachment(client: OdooClient, id: number, signal: AbortSignal): Promise<Uint8Array> {
  const answer = await client.call("ir.attachment", "read", { ids: [id], fields: ["datas"], context: CONTEXT }, signal);
  const record: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (!isRecord(record))
    throw new GroundworkError("odoo-refused", `Odoo has no attachment ${id}, or does not show it.`);
  const content = record["datas"];
  return new Uint8Array(Buffer.from(typeof content === "string" ? content : "", "base64"));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
