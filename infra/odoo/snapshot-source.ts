import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FieldDescription } from "../../permissions/policy-snapshot.ts";
import { GroundworkError } from "../errors.ts";
import type { OdooRecord, OdooServer, OdooSource, RecordSelection } from "./port.ts";
import { isSelected, selectingFields } from "./is-selected.ts";
import { type SnapshotLine, recordOfRow, snapshotLineSchema } from "./snapshot-format.ts";

const PAGE_SIZE = 500;

interface Recording {
  readonly server: OdooServer;
  readonly fields: ReadonlyMap<string, Readonly<Record<string, FieldDescription>>>;
  readonly records: ReadonlyMap<string, Extract<SnapshotLine, { kind: "records" }>>;
  readonly externalIds: ReadonlyMap<string, ReadonlyMap<number, string>>;
  readonly attachments: ReadonlyMap<number, string>;
}

/**
 * What an Odoo answered when `recordSnapshot` asked it, from a file. It answers as that Odoo did; what was not recorded it refuses, as
 * an Odoo refuses what the account may not read. The file is read at the first call. Errors besides the port's: `configuration` when
 * the file is missing or no recording.
 */
export function openSnapshotSource(path: string): OdooSource {
  let loading: Promise<Recording> | undefined;
  const load = async (signal?: AbortSignal): Promise<Recording> => {
    if (signal?.aborted === true) throw cancelled(signal);
    loading ??= readRecording(path);
    return loading;
  };
  return {
    server: async (signal) => (await load(signal)).server,
    fields: async (model, signal) => (await load(signal)).fields.get(model) ?? refuse(model),
    async *records(model, fields, signal, selection) {
      const recorded = (await load(signal)).records.get(model) ?? refuse(model);
      yield* pages(recorded, fields, signal, selection);
    },
    ids: async (model, signal, selection) => {
      const recorded = (await load(signal)).records.get(model) ?? refuse(model);
      return [...pages(recorded, [], signal, selection)].flat().map(({ id }) => id);
    },
    count: async (model, signal, selection) => {
      const recorded = (await load(signal)).records.get(model) ?? refuse(model);
      return [...pages(recorded, [], signal, selection)].flat().length;
    },
    extent: async (model, signal) => {
      const { fields, rows } = (await load(signal)).records.get(model) ?? refuse(model);
      const dates = rows.map((row) => row[fields.indexOf("write_date")]).filter((date) => typeof date === "string");
      return { count: rows.length, lastWritten: dates.sort().at(-1) ?? null };
    },
    values: async (model, field, signal) => {
      const recorded = (await load(signal)).records.get(model) ?? refuse(model);
      const position = recorded.fields.indexOf(field);
      if (position < 0) refuse(`${model}.${field}`);
      const texts = recorded.rows.map((row) => row[position]).filter((value) => typeof value === "string");
      return [...new Set(texts)].filter((value) => value !== "").sort();
    },
    externalIds: async (model, ids, signal) => {
      const names = (await load(signal)).externalIds.get(model) ?? refuse(model);
      return new Map(ids.flatMap((id) => (names.has(id) ? [[id, names.get(id) ?? ""] as const] : [])));
    },
    attachment: async (id, signal) => {
      const content = (await load(signal)).attachments.get(id) ?? refuse("ir.attachment");
      return new Uint8Array(Buffer.from(content, "base64"));
    },
    close: async () => {
      loading = undefined;
    },
  };
}

function* pages(
  recorded: Extract<SnapshotLine, { kind: "records" }>,
  fields: readonly string[],
  signal: AbortSignal | undefined,
  selection: RecordSelection = {},
): Generator<readonly OdooRecord[]> {
  const position = (field: string): number => {
    const found = recorded.fields.indexOf(field);
    return found < 0 ? refuse(`${recorded.model}.${field}`) : found;
  };
  const wanted = new Map(["id", ...fields].map((field) => [field, position(field)]));
  const tested = new Map(["id", ...selectingFields(selection)].map((field) => [field, position(field)]));
  const rows = recorded.rows.filter((row) => isSelected(recordOfRow(row, tested), selection));
  for (let start = 0; start < rows.length; start += PAGE_SIZE) {
    if (signal?.aborted === true) throw cancelled(signal);
    yield rows.slice(start, start + PAGE_SIZE).map((row) => recordOfRow(row, wanted));
  }
}

async function readRecording(path: string): Promise<Recording> {
  const lines = await readLines(path);
  const server = lines.find((line) => line.kind === "server")?.server;
  if (server === undefined) throw notARecording(path);
  const found = {
    server,
    fields: new Map<string, Readonly<Record<string, FieldDescription>>>(),
    records: new Map<string, Extract<SnapshotLine, { kind: "records" }>>(),
    externalIds: new Map<string, ReadonlyMap<number, string>>(),
    attachments: new Map<number, string>(),
  };
  for (const line of lines) {
    if (line.kind === "fields") found.fields.set(line.model, line.fields);
    if (line.kind === "records") found.records.set(line.model, line);
    if (line.kind === "externalIds") found.externalIds.set(line.model, new Map(line.names));
    if (line.kind === "attachment") found.attachments.set(line.id, line.base64);
  }
  return found;
}

async function readLines(path: string): Promise<readonly SnapshotLine[]> {
  try {
    const text = (await promisify(gunzip)(await readFile(path))).toString("utf8");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => snapshotLineSchema.parse(JSON.parse(line)));
  } catch (cause) {
    throw notARecording(path, cause);
  }
}

function notARecording(path: string, cause?: unknown): GroundworkError {
  return new GroundworkError("configuration", `${path} is missing or no recording of an Odoo: check ODOO_SNAPSHOT.`, {
    cause,
  });
}

function refuse(what: string): never {
  throw new GroundworkError("odoo-refused", `The recording of Odoo does not hold ${what}.`);
}

function cancelled(signal: AbortSignal): GroundworkError {
  return new GroundworkError("cancelled", "Reading from Odoo was cancelled.", { cause: signal.reason });
}
