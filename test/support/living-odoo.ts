import { GroundworkError } from "../../infra/errors.ts";
import { isSelected } from "../../infra/odoo/is-selected.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "../../infra/odoo/port.ts";
import type { FieldDescription } from "../../permissions/policy-snapshot.ts";

/** An Odoo in memory that can be written to: for tests of what follows changes, where the order of events must be exact. */
export interface LivingOdoo extends OdooSource {
  /** Seconds of its clock since the epoch. */
  now(): number;
  /** Lets time pass. */
  tick(seconds: number): void;
  /** Creates or changes a record, in a transaction that began `at`. */
  write(model: string, id: number, values: Readonly<Record<string, unknown>>, at?: number): void;
  remove(model: string, id: number): void;
  /** Closes a record to the account, and opens it again. */
  hide(model: string, id: number): void;
  show(model: string, id: number): void;
  /** What was asked for: `method model`. */
  readonly asked: readonly string[];
}

type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown> & { readonly id: number }>[]>>;

const START = Date.parse("2026-11-20T08:00:00Z") / 1000;

/** `undated` models keep no `write_date`. A model that was never written to is refused. */
export function livingOdoo(
  rows: Rows,
  undated: readonly string[] = [],
  fields: Readonly<Record<string, Readonly<Record<string, FieldDescription>>>> = {},
): LivingOdoo {
  let clock = START;
  const tables = new Map<string, Map<number, OdooRecord>>();
  const hidden = new Set<string>();
  const asked: string[] = [];
  const table = (model: string) => {
    const found = tables.get(model);
    if (found === undefined) throw new GroundworkError("odoo-refused", `There is no ${model}.`);
    return found;
  };
  const write = (model: string, id: number, values: Readonly<Record<string, unknown>>, at = clock): void => {
    const known = tables.get(model) ?? new Map<number, OdooRecord>();
    tables.set(model, known);
    const dated = undated.includes(model) ? {} : { write_date: dateOf(at) };
    known.set(id, { ...known.get(id), ...values, ...dated, id });
  };
  const selected = (model: string, selection: RecordSelection = {}): readonly OdooRecord[] => {
    const found = table(model);
    if (selection.writtenSince !== undefined && undated.includes(model)) {
      throw new GroundworkError("odoo-refused", `${model} keeps no dates.`);
    }
    return [...found.values()]
      .filter((record) => !hidden.has(`${model}/${record.id}`) && isSelected(record, selection))
      .toSorted((left, right) => left.id - right.id);
  };
  for (const [model, records] of Object.entries(rows)) {
    tables.set(model, new Map());
    for (const record of records) write(model, record.id, record, START - 86_400);
  }
  return {
    asked,
    now: () => clock,
    tick: (seconds) => void (clock += seconds),
    write,
    remove: (model, id) => void table(model).delete(id),
    hide: (model, id) => void hidden.add(`${model}/${id}`),
    show: (model, id) => void hidden.delete(`${model}/${id}`),
    server: async () => ({
      source: "odoo:living",
      url: "http://odoo",
      version: "19.0",
      takenAt: new Date(clock * 1000).toISOString(),
    }),
    fields: async (model) => {
      asked.push(`fields ${model}`);
      return fields[model] ?? (table(model), {});
    },
    // eslint-disable-next-line typescript/require-await -- a source is asynchronous, this one has nothing to wait for
    async *records(model, names, _signal, selection) {
      asked.push(`records ${model}`);
      const found = selected(model, selection);
      if (found.length === 0) return;
      yield found.map(
        (record) =>
          Object.fromEntries(["id", ...names].map((name) => [name, record[name] ?? false])) as unknown as OdooRecord,
      );
    },
    ids: async (model, _signal, selection) => {
      asked.push(`ids ${model}`);
      return selected(model, selection).map(({ id }) => id);
    },
    count: async (model, _signal, selection) => {
      asked.push(`count ${model}`);
      return selected(model, selection).length;
    },
    extent: async (model) => {
      asked.push(`extent ${model}`);
      const found = selected(model);
      const dates = found.map((record) => record["write_date"]).filter((date) => typeof date === "string");
      return { count: found.length, lastWritten: undated.includes(model) ? null : (dates.toSorted().at(-1) ?? null) };
    },
    values: async (model, field) => {
      const texts = selected(model).map((record) => record[field]);
      const stated = texts.filter((value) => typeof value === "string").filter((value) => value !== "");
      return [...new Set(stated)].sort();
    },
    externalIds: async () => new Map(),
    attachment: async (id) => new TextEncoder().encode(`The text of file ${id}.`),
    close: async () => {},
  };
}

/** Odoo's text of an instant in seconds. */
function dateOf(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
}
