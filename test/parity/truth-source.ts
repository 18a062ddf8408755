import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../../infra/errors.ts";
import { isSelected } from "../../infra/odoo/is-selected.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "../../infra/odoo/port.ts";
import { DEPENDENT_MODELS, RECORD_MODEL_FIELDS } from "../../permissions/odoo/dependent-models.ts";
import type { FieldDescription, FieldType } from "../../permissions/policy-snapshot.ts";

type Json = Record<string, unknown>;
type Fields = Readonly<Record<string, FieldDescription>>;

/** A rule over all readers that is put beside those that were recorded. */
export interface AddedRule {
  readonly model: string;
  readonly domain: string;
}

export interface TruthSource extends OdooSource {
  /** Fields that were asked for and that were not written down, as `model.field`. */
  readonly lacking: ReadonlySet<string>;
}

/** Fields that the scripts wrote down although no rule of that Odoo names them; types as Odoo 19 has them. */
const FURTHER_FIELDS = `
  res.partner user_id:many2one>res.users child_ids:one2many>res.partner user_ids:one2many>res.users is_company:boolean email:char
    name:char commercial_partner_id:many2one>res.partner customer_rank:integer create_date:datetime
  res.users login:char partner_id:many2one>res.partner company_id:many2one>res.company company_ids:many2many>res.company
    group_ids:many2many>res.groups sale_team_id:many2one>crm.team employee_ids:one2many>hr.employee employee_id:many2one>hr.employee
  res.groups name:char implied_ids:many2many>res.groups user_ids:many2many>res.users
  res.company parent_id:many2one>res.company name:char
  sale.order order_line:one2many>sale.order.line team_id:many2one>crm.team warehouse_id:many2one>stock.warehouse amount_total:monetary
    date_order:datetime state:selection message_partner_ids:many2many>res.partner
  sale.order.line product_id:many2one>product.product
  crm.team member_ids:many2many>res.users user_id:many2one>res.users
  product.product product_tmpl_id:many2one>product.template
  product.category parent_id:many2one>product.category name:char parent_path:char
  hr.department parent_id:many2one>hr.department manager_id:many2one>hr.employee
  product.template type:selection categ_id:many2one>product.category seller_ids:one2many>product.supplierinfo list_price:float
  product.supplierinfo partner_id:many2one>res.partner
  project.project collaborator_ids:one2many>project.collaborator user_id:many2one>res.users
    message_partner_ids:many2many>res.partner
  project.collaborator partner_id:many2one>res.partner
  discuss.channel channel_member_ids:one2many>discuss.channel.member
  discuss.channel.member partner_id:many2one>res.partner
  mail.message.subtype internal:boolean
`;

/** No moment was written down, and the policy depends on the day; it is the day on which the records say that they were written. */
const TAKEN_AT = "2026-11-22T14:00:00.000Z";

/** Where the scripts wrote records of a model down; the first that holds a field counts. */
const FILES: Readonly<Record<string, string>> = {
  "res.users": "users.json",
  "res.groups": "groups.json",
  "res.company": "companies.json",
  "ir.model.access": "model_access.json",
  "ir.rule": "record_rules.json",
  "mail.message.subtype": "records/_mail_message_subtype.json",
};

/**
 * An Odoo as scripts wrote it down file by file. It holds what those scripts thought of: a field that nobody wrote down is missing from a
 * record, as one that nobody may read, and is named in `lacking`. A model that nobody wrote down is refused.
 */
export function openTruthSource(folder: string, added: readonly AddedRule[] = []): TruthSource {
  const read = (name: string): unknown =>
    existsSync(join(folder, name)) ? JSON.parse(readFileSync(join(folder, name), "utf8")) : undefined;
  const closure = read("rule_closure.json") as {
    fields: Record<string, Json>;
    models: Record<string, { inherits: Record<string, string> }>;
  };
  const fieldGroups = read("field_groups.json") as Record<string, Record<string, Json>>;
  const modelRows = read("ir_models.json") as { id: number; model: string }[];
  const modelIds = new Map(modelRows.map(({ id, model }) => [model, id]));
  const tables = new Map<string, readonly OdooRecord[] | null>();
  const described = new Map<string, Fields | null>();
  const lacking = new Set<string>();

  function table(model: string): readonly OdooRecord[] {
    const known = tables.get(model);
    const rows = known === undefined ? load(model) : known;
    tables.set(model, rows);
    return rows ?? refuse(model);
  }

  function load(model: string): readonly OdooRecord[] | null {
    if (model === "ir.model") {
      return modelRows.map(({ id, model: name }) => {
        const parents = Object.keys(closure.models[name]?.inherits ?? {});
        return { id, model: name, inherited_model_ids: parents.flatMap((parent) => modelIds.get(parent) ?? []) };
      });
    }
    const files = [`closure/${model}.json`, `records/${model}.json`, FILES[model]];
    const found = files
      .flatMap((file) => (file === undefined ? [] : [read(file)]))
      .filter((rows) => Array.isArray(rows));
    if (found.length === 0) return null;
    const byId = new Map<number, OdooRecord>();
    for (const row of found.flat() as OdooRecord[]) byId.set(row.id, { ...byId.get(row.id), ...row });
    // Dumped without ids, in the order of their ids.
    const beside = model === "discuss.channel.member" ? read("records/_discuss_channel_member.json") : [];
    const members = Array.isArray(beside) && beside.length === byId.size ? (beside as OdooRecord[]) : [];
    for (const [index, id] of [...byId.keys()].entries()) byId.set(id, { ...byId.get(id), ...members[index], id });
    if (model === "ir.rule") for (const row of addedRows(added, modelIds)) byId.set(row.id, row);
    return [...byId.values()].sort((left, right) => left.id - right.id);
  }

  function fieldsOf(model: string): Fields {
    const known = described.get(model) ?? describe(model);
    described.set(model, known);
    return known;
  }

  function describe(model: string): Fields {
    const links = Object.values(closure.models[model]?.inherits ?? {});
    const found: Record<string, FieldDescription> = {};
    const note = (name: string, type: string, more: Partial<FieldDescription>): void => {
      const groups = fieldGroups[model]?.[name]?.["groups"];
      found[name] = {
        ...(typeof groups === "string" ? { groups } : {}),
        ...more,
        type: type as FieldType,
        label: name,
        ...(links.includes(name) ? { required: true } : {}),
      };
    };
    for (const [name, type] of Object.entries(DEPENDENT_MODELS.get(model) ?? {})) note(name, type, {});
    const behind = RECORD_MODEL_FIELDS.get(model);
    if (behind !== undefined)
      for (const [name, type] of [
        [behind, "char"],
        ["res_id", "many2one_reference"],
      ] as const)
        note(name, type, {});
    for (const [name, field] of FURTHER.get(model) ?? []) note(name, String(field["type"]), attributes(field));
    for (const [name, field] of Object.entries(fieldGroups[model] ?? {}))
      note(name, String(field["type"]), attributes(field));
    for (const [key, field] of Object.entries(closure.fields)) {
      const dot = key.lastIndexOf(".");
      if (key.slice(0, dot) === model) note(key.slice(dot + 1), String(field["type"]), attributes(field));
    }
    return Object.keys(found).length === 0 && !modelIds.has(model)
      ? refuse(model)
      : { id: { type: "integer", label: "id" }, ...found };
  }

  function* selected(model: string, fields: readonly string[], selection: RecordSelection = {}): Generator<OdooRecord> {
    for (const record of table(model)) {
      if (!isSelected(record, selection)) continue;
      const held = ["id", ...fields].filter((field) => Object.hasOwn(record, field));
      if (held.length <= fields.length) {
        for (const field of fields) if (!Object.hasOwn(record, field)) lacking.add(`${model}.${field}`);
      }
      yield Object.fromEntries(held.map((field) => [field, record[field]])) as OdooRecord;
    }
  }

  return {
    lacking,
    server: async () => ({
      source: "odoo:truth",
      url: "https://odoo.invalid",
      version: "19.0",
      takenAt: TAKEN_AT,
    }),
    fields: async (model) => fieldsOf(model),
    async *records(model, fields, _signal, selection) {
      const page = [...selected(model, fields, selection)];
      if (page.length > 0) yield page;
    },
    ids: async (model, _signal, selection) => [...selected(model, [], selection)].map(({ id }) => id),
    count: async (model, _signal, selection) => [...selected(model, [], selection)].length,
    extent: async (model) => ({ count: table(model).length, lastWritten: null }),
    values: async (model, field) => {
      const texts = table(model).map((record) => record[field]);
      return [...new Set(texts.filter((value) => typeof value === "string" && value !== ""))].map(String).sort();
    },
    externalIds: async (model, ids) => {
      const wanted = new Set(ids);
      return new Map(
        table(model).flatMap(({ id, xmlid }) => (wanted.has(id) && typeof xmlid === "string" ? [[id, xmlid]] : [])),
      );
    },
    attachment: async () => refuse("the bytes of attachments"),
    close: async () => {},
  };
}

const FURTHER = parseFurther();

/** Each as `name:type>relation`, after the name of its model. */
function parseFurther(): ReadonlyMap<string, readonly (readonly [string, Json])[]> {
  const found = new Map<string, (readonly [string, Json])[]>();
  let fields: (readonly [string, Json])[] = [];
  for (const word of FURTHER_FIELDS.trim().split(/\s+/)) {
    const [, name = "", type, relation] = /^([\w.]+)(?::(\w+))?(?:>([\w.]+))?$/.exec(word) ?? [];
    if (type === undefined) found.set(name, (fields = []));
    else fields.push([name, { type, relation }]);
  }
  return found;
}

function attributes(field: Json): Partial<FieldDescription> {
  const { relation, related, store } = field;
  return {
    ...(typeof relation === "string" ? { relation } : {}),
    ...(typeof related === "string" ? { related } : {}),
    ...(store === false ? { stored: false } : {}),
    ...(field["company_dependent"] === true ? { companyDependent: true } : {}),
  };
}

function addedRows(added: readonly AddedRule[], modelIds: ReadonlyMap<string, number>): readonly OdooRecord[] {
  return added.map(({ model, domain }, index) => ({
    id: 1_000_000 + index,
    name: "added",
    model_id: [modelIds.get(model) ?? 0, model],
    groups: [],
    domain_force: domain,
    perm_read: true,
    active: true,
  }));
}

function refuse(what: string): never {
  throw new GroundworkError("odoo-refused", `The truth does not hold ${what}.`);
}
