import type { FieldDescription, FieldType } from "../../permissions/policy-snapshot.ts";
import { GroundworkError } from "../errors.ts";

/** What to ask `fields_get` for. */
export const FIELD_ATTRIBUTES = [
  "type",
  "string",
  "relation",
  "groups",
  "selection",
  "currency_field",
  "store",
  "related",
  "company_dependent",
  "required",
] as const;

const FIELD_TYPES: ReadonlySet<string> = new Set<FieldType>([
  "boolean",
  "integer",
  "float",
  "monetary",
  "char",
  "text",
  "html",
  "selection",
  "date",
  "datetime",
  "many2one",
  "one2many",
  "many2many",
  "many2one_reference",
  "reference",
  "binary",
  "json",
  "properties",
  "properties_definition",
]);

/** `fields_get`'s answer as descriptions, in alphabetical order. Fields of types that Groundwork does not know are left out: unknown. */
export function describeFields(model: string, answer: unknown): Readonly<Record<string, FieldDescription>> {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    throw new GroundworkError("odoo-answer", `Odoo answered ${model}.fields_get with something else than fields.`);
  }
  const described: Record<string, FieldDescription> = {};
  for (const [name, raw] of Object.entries(answer).sort(([left], [right]) => (left < right ? -1 : 1))) {
    const description = describeField(raw);
    if (description !== undefined) described[name] = description;
  }
  return described;
}

function describeField(raw: unknown): FieldDescription | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const attributes: ReadonlyMap<string, unknown> = new Map(Object.entries(raw));
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const type = text("type");
  if (type === undefined || !isFieldType(type)) return undefined;
  const relation = text("relation");
  const groups = text("groups");
  const currencyField = text("currency_field");
  const related = readPath(attributes.get("related"));
  const selection = readSelection(attributes.get("selection"));
  return {
    type,
    label: text("string") ?? "",
    ...(relation === undefined ? {} : { relation }),
    ...(groups === undefined ? {} : { groups }),
    ...(selection === undefined ? {} : { selection }),
    ...(currencyField === undefined ? {} : { currencyField }),
    ...(attributes.get("store") === false ? { stored: false } : {}),
    ...(related === undefined ? {} : { related }),
    ...(attributes.get("company_dependent") === true ? { companyDependent: true } : {}),
    ...(attributes.get("required") === true ? { required: true } : {}),
  };
}

function isFieldType(type: string): type is FieldType {
  return FIELD_TYPES.has(type);
}

/** Before Odoo 15 a path comes as a list of names. */
function readPath(value: unknown): string | undefined {
  const path: unknown = Array.isArray(value) ? value.join(".") : value;
  return typeof path === "string" && path !== "" ? path : undefined;
}

function readSelection(value: unknown): FieldDescription["selection"] {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((option: unknown) => {
    const [key, label]: unknown[] = Array.isArray(option) ? option : [];
    return typeof key === "string" && typeof label === "string" ? [[key, label] as const] : [];
  });
}
