import type { OdooRecord, OdooSource, OdooValue, RecordSelection } from "../../infra/odoo/port.ts";
import type { FieldDescription } from "../../permissions/policy-snapshot.ts";
import { policyAlone } from "./policy-alone.ts";

const LINES = 2;
const PAGE = 500;
const WRITTEN = "2026-01-05 08:00:00";
const DAY_MS = 86_400_000;

interface InventedModel {
  readonly count: number;
  /** The field that leads from a line to its record; null: no lines. */
  readonly parentField: string | null;
}

/** The policy and the fields of a real Odoo over sales orders that are made up when they are asked for, each with two lines, the same for the same id. */
export function endlessOdoo(real: OdooSource, records: number): OdooSource {
  const invented = new Map<string, InventedModel>([
    ["sale.order", { count: records, parentField: null }],
    ["sale.order.line", { count: records * LINES, parentField: "order_id" }],
  ]);
  const policy = policyAlone(real);
  return {
    ...policy,
    ids: async (model, signal, selection) => {
      const made = invented.get(model);
      return made === undefined ? policy.ids(model, signal, selection) : [...idsOf(made, selection)];
    },
    count: async (model, signal, selection) => {
      const made = invented.get(model);
      return made === undefined ? policy.count(model, signal, selection) : [...idsOf(made, selection)].length;
    },
    extent: async (model, signal) => {
      const made = invented.get(model);
      return made === undefined ? policy.extent(model, signal) : { count: made.count, lastWritten: WRITTEN };
    },
    async *records(model, names, signal, selection) {
      const made = invented.get(model);
      if (made === undefined) {
        yield* policy.records(model, names, signal, selection);
        return;
      }
      const fields = await real.fields(model, signal);
      let page: OdooRecord[] = [];
      for (const id of idsOf(made, selection)) {
        page.push(recordOf(id, names, fields, made));
        if (page.length < PAGE) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
  };
}

function* idsOf({ count, parentField }: InventedModel, selection: RecordSelection = {}): Generator<number> {
  const { among = {}, writtenSince, idAfter = 0, idUpTo = count } = selection;
  if (writtenSince !== undefined && Date.parse(writtenSince) > Date.parse(`${WRITTEN.replace(" ", "T")}Z`)) return;
  const within = (id: number): boolean => id > idAfter && id <= Math.min(idUpTo, count);
  const parents = parentField === null ? undefined : among[parentField];
  if (parents !== undefined) {
    for (const parent of parents.map(Number).toSorted((left, right) => left - right)) {
      for (let line = 1; line <= LINES; line += 1)
        if (within((parent - 1) * LINES + line)) yield (parent - 1) * LINES + line;
    }
  } else if (among["id"] !== undefined) {
    yield* among["id"]
      .map(Number)
      .filter(within)
      .toSorted((left, right) => left - right);
  } else {
    for (let id = idAfter + 1; within(id); id += 1) yield id;
  }
}

function recordOf(
  id: number,
  names: readonly string[],
  fields: Readonly<Record<string, FieldDescription>>,
  { parentField }: InventedModel,
): OdooRecord {
  const values = names.map((name): readonly [string, OdooValue] => {
    if (name === parentField) return [name, link("Order", Math.ceil(id / LINES))];
    const field = fields[name];
    return [name, field === undefined ? false : valueOf(name, field, id)];
  });
  return Object.assign({ id }, Object.fromEntries(values));
}

function valueOf(name: string, { type, label, relation, selection }: FieldDescription, id: number): OdooValue {
  if (name === "write_date") return WRITTEN;
  if (name === "active") return true;
  switch (type) {
    case "char":
      return `${label} ${id}`;
    case "text":
      return `${label} of ${id}: to be delivered in week ${id % 52}, packed in ${id % 7} boxes of ${id % 11} pieces.`;
    case "html":
      return `<p>${label} of ${id}: to be paid within ${id % 60} days.</p>`;
    case "boolean":
      return id % 2 === 0;
    case "integer":
      return id % 1_000;
    case "float":
    case "monetary":
      return (id % 10_000) / 4;
    case "selection":
      return selection?.[id % selection.length]?.[0] ?? false;
    case "date":
      return dateOf(id).slice(0, 10);
    case "datetime":
      return dateOf(id).slice(0, 19).replace("T", " ");
    case "many2one":
      if (relation === "res.company" || relation === "res.currency") return link(label, 1);
      return relation === "res.users" ? link("User", 5 + (id % 10)) : link(label, 1 + (id % 500));
    default:
      return type === "one2many" || type === "many2many" ? [] : false;
  }
}

function link(name: string, id: number): readonly [number, string] {
  return [id, `${name} ${id}`];
}

function dateOf(id: number): string {
  return new Date(Date.UTC(2025, 0, 1) + (id % 365) * DAY_MS).toISOString();
}
