import { GroundworkError } from "../../../infra/errors.ts";
import { isSelected } from "../../../infra/odoo/is-selected.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "../../../infra/odoo/port.ts";

export interface InventedOdoo {
  readonly records: Readonly<Record<string, readonly OdooRecord[]>>;
  readonly files?: Readonly<Record<number, string>>;
}

/** An Odoo that holds these records and gives of them the fields that are asked for, in pages of two. */
export function inventedOdoo({ records, files = {} }: InventedOdoo): OdooSource & { readonly asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    server: () =>
      Promise.resolve({
        source: "odoo:invented",
        url: "http://odoo",
        version: "19.0",
        takenAt: "2026-11-20T08:00:00.000Z",
      }),
    fields: () => Promise.resolve({}),
    // eslint-disable-next-line typescript/require-await -- a source is asynchronous, this one has nothing to wait for
    async *records(model, fields, _signal, selection = {}) {
      asked.push([model, ...fields]);
      const all = (records[model] ?? []).filter((record) => isSelected(record, selection));
      for (let at = 0; at < all.length; at += 2) {
        yield all.slice(at, at + 2).map((record) => {
          const wanted = Object.entries(record).filter(([name]) => name === "id" || fields.includes(name));
          return Object.fromEntries(wanted) as OdooRecord;
        });
      }
    },
    ids: (model, _signal, selection = {}) => Promise.resolve(idsOf(records[model] ?? [], selection)),
    count: (model, _signal, selection = {}) => Promise.resolve(idsOf(records[model] ?? [], selection).length),
    extent: (model) => Promise.resolve({ count: idsOf(records[model] ?? [], {}).length, lastWritten: null }),
    values: (model, field) =>
      Promise.resolve([...new Set((records[model] ?? []).map((record) => textOf(record[field])))]),
    externalIds: () => Promise.resolve(new Map()),
    attachment: (id) => {
      const text = files[id];
      if (text === undefined) throw new GroundworkError("odoo-refused", "No such attachment.");
      return Promise.resolve(new TextEncoder().encode(text));
    },
    close: () => Promise.resolve(),
  };
}

function idsOf(records: readonly OdooRecord[], selection: RecordSelection): readonly number[] {
  return records.filter((record) => isSelected(record, selection)).map(({ id }) => id);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
