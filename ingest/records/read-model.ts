import { mirrorRecord } from "../../infra/odoo/normalise.ts";
import { linkedId, linkedName } from "../../infra/odoo/linked-record.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "../../infra/odoo/port.ts";
import type { RuleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { MirrorRecord, MirrorValue, ModelDescription, PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { recordAttributes } from "../../permissions/record-attributes.ts";
import { linkedNames } from "./linked-names.ts";

/** A record as Odoo gave it, with its access attributes. */
export interface ReadRecord {
  readonly record: OdooRecord;
  readonly access: AccessAttributes;
}

export interface ReadContext {
  readonly odoo: OdooSource;
  readonly policy: PolicySnapshot;
  readonly footprint: RuleFootprint;
}

/** Reads a model's records with the wanted fields and those that its rules ask for. Fields that the account may not see are left out. */
export async function* readModel(
  model: string,
  wanted: readonly string[],
  context: ReadContext,
  signal?: AbortSignal,
  selection?: RecordSelection,
): AsyncGenerator<readonly ReadRecord[]> {
  const { odoo, policy, footprint } = context;
  const description = Object.hasOwn(policy.models, model) ? policy.models[model] : undefined;
  if (description === undefined) return;
  const attributes = footprint.attributes[model] ?? [];
  const currencies = wanted.flatMap((field) => description.fields[field]?.currencyField ?? []);
  const fields = [...new Set([...wanted, ...currencies, ...attributes, ...links(attributes)])].filter(
    (field) => Object.hasOwn(description.fields, field) && field !== "id",
  );
  const named = fields.flatMap((name) => {
    const { type, relation } = description.fields[name] ?? {};
    return type === "many2one" && relation !== undefined ? [[name, relation] as const] : [];
  });
  for await (const page of odoo.records(model, fields, signal, selection)) {
    noteNames(page, named, odoo);
    const inherited = await readInherited(page, description, attributes, context, signal);
    yield page.map((record) => {
      const own = mirrorRecord(record, description.fields);
      return { record, access: recordAttributes(model, withInherited(own, inherited), footprint) };
    });
  }
}

/** Notes what linked records are called, so that a rename is found. */
function noteNames(
  page: readonly OdooRecord[],
  links: readonly (readonly [field: string, relation: string])[],
  odoo: OdooSource,
): void {
  const names = linkedNames(odoo);
  for (const record of page) {
    for (const [field, relation] of links) {
      const id = linkedId(record[field]);
      if (id !== null) names.note(relation, id, linkedName(record[field]));
    }
  }
}

/** The links that attributes of an `_inherits` parent hang on: `product_tmpl_id` of `product_tmpl_id.company_id`. */
function links(attributes: readonly string[]): readonly string[] {
  return attributes.flatMap((name) => (name.includes(".") ? [name.slice(0, name.indexOf("."))] : []));
}

/** Per dotted attribute: the value of the page's parents by the parent's id. */
async function readInherited(
  page: readonly OdooRecord[],
  description: ModelDescription,
  attributes: readonly string[],
  { odoo, policy }: { readonly odoo: OdooSource; readonly policy: PolicySnapshot },
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<number, MirrorValue>>> {
  const result = new Map<string, ReadonlyMap<number, MirrorValue>>();
  for (const name of attributes.filter((attribute) => attribute.includes("."))) {
    const link = name.slice(0, name.indexOf("."));
    const field = name.slice(link.length + 1);
    const parent = description.fields[link]?.relation;
    const fields = parent === undefined ? undefined : policy.models[parent]?.fields;
    // What cannot be read stays unknown, and what is unknown is shown to nobody.
    if (parent === undefined || fields === undefined || !Object.hasOwn(fields, field)) continue;
    const values = new Map<number, MirrorValue>();
    const parents = [...new Set(page.flatMap((record) => linkedId(record[link]) ?? []))];
    if (parents.length === 0) continue;
    for await (const found of odoo.records(parent, [field], signal, { among: { id: parents } })) {
      for (const record of found) values.set(record.id, mirrorRecord(record, fields)[field] ?? null);
    }
    result.set(name, values);
  }
  return result;
}

function withInherited(
  record: MirrorRecord,
  inherited: ReadonlyMap<string, ReadonlyMap<number, MirrorValue>>,
): MirrorRecord {
  const entries = [...inherited].flatMap(([name, values]): [string, MirrorValue][] => {
    const link = record[name.slice(0, name.indexOf("."))];
    if (typeof link !== "number") return [];
    const value = values.get(link);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...record, ...Object.fromEntries(entries), id: record.id };
}
