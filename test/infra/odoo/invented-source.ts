import { GroundworkError } from "../../../infra/errors.ts";
import { isSelected } from "../../../infra/odoo/is-selected.ts";
import type { OdooRecord, OdooSource } from "../../../infra/odoo/port.ts";
import type { FieldDescription } from "../../../permissions/policy-snapshot.ts";

/** A model as one account sees it. */
export interface InventedModel {
  readonly fields: Readonly<Record<string, FieldDescription>>;
  readonly records: readonly OdooRecord[];
}

export interface InventedSource extends OdooSource {
  /** Every call, such as `ids order`. */
  readonly calls: string[];
  /** May be changed while the source is used. */
  readonly models: Map<string, InventedModel>;
}

/** What one account of an invented Odoo sees. Odoo refuses a whole reading for one field that the account may not read. */
export function inventedSource(models: Readonly<Record<string, InventedModel>>): InventedSource {
  const held = new Map(Object.entries(models));
  const calls: string[] = [];
  const called = (method: string, model: string): InventedModel => {
    calls.push(`${method} ${model}`);
    return held.get(model) ?? refuse();
  };
  return {
    calls,
    models: held,
    server: async () => ({
      source: "odoo:invented",
      url: "https://odoo.example",
      version: "19.0",
      takenAt: new Date().toISOString(),
    }),
    fields: async (model) => called("fields", model).fields,
    async *records(model, fields, _signal, selection = {}) {
      const known = called("records", model);
      const named = ["id", ...fields];
      if (named.some((field) => field !== "id" && !Object.hasOwn(known.fields, field))) refuse();
      const selected = known.records.filter((record) => isSelected(record, selection));
      if (selected.length > 0) {
        yield selected.map((record) => ({
          ...Object.fromEntries(named.map((field) => [field, record[field] ?? false])),
          id: record.id,
        }));
      }
    },
    ids: async (model, _signal, selection = {}) => {
      const { fields, records } = called("ids", model);
      const named = Object.keys(selection.among ?? {}).filter((field) => field !== "id");
      if (named.some((field) => !Object.hasOwn(fields, field))) refuse();
      return records.filter((record) => isSelected(record, selection)).map(({ id }) => id);
    },
    count: async (model, _signal, selection = {}) =>
      called("count", model).records.filter((record) => isSelected(record, selection)).length,
    extent: async (model) => ({ count: called("extent", model).records.length, lastWritten: null }),
    values: async (model, field) => {
      const values = called("values", model).records.map((record) => record[field]);
      return [...new Set(values.filter((value) => typeof value === "string"))].sort();
    },
    externalIds: async (model, ids) => new Map(model === "res.groups" ? ids.map((id) => [id, "base.group_user"]) : []),
    attachment: async (id) => {
      const found = called("attachment", "ir.attachment").records.some((record) => record.id === id);
      return found ? new TextEncoder().encode(`file ${id}`) : refuse();
    },
    close: async () => {},
  };
}

function refuse(): never {
  throw new GroundworkError("odoo-refused", "Odoo refused.");
}
