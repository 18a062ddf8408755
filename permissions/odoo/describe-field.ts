import { PermissionError } from "../permission-error.ts";
import type { FieldDescription, ModelDescription, PolicySnapshot } from "../policy-snapshot.ts";

const ID: FieldDescription = { type: "integer", label: "ID" };

/** Computed fields that mean the same whoever asks, and that a plain read returns as a search would judge them. */
const NEUTRAL_COMPUTED_FIELDS: ReadonlySet<string> = new Set(["message_partner_ids"]);

const OPAQUE_TYPES: ReadonlySet<string> = new Set(["binary", "json", "properties", "properties_definition"]);

/** @throws PermissionError `unknown-model` */
export function describeModel(model: string, policy: Pick<PolicySnapshot, "models">): ModelDescription {
  const description = Object.hasOwn(policy.models, model) ? policy.models[model] : undefined;
  if (description === undefined) throw new PermissionError("unknown-model", `The policy does not describe ${model}.`);
  return description;
}

/**
 * A field that a rule names, when its value decides alike for everybody.
 * @throws PermissionError `unknown-field`; `domain-unsupported` for fields whose value depends on who asks or on code that we do not have.
 */
export function describeField(model: ModelDescription, field: string): FieldDescription {
  if (field === "id") return ID;
  const description = Object.hasOwn(model.fields, field) ? model.fields[field] : undefined;
  const name = `${model.model}.${field}`;
  if (description === undefined) throw new PermissionError("unknown-field", `The policy does not describe ${name}.`);
  if (OPAQUE_TYPES.has(description.type)) {
    throw new PermissionError("domain-unsupported", `${name} is of a type that rules cannot compare.`);
  }
  if (description.companyDependent === true) {
    throw new PermissionError("domain-unsupported", `${name} differs from company to company.`);
  }
  if (description.stored === false && description.related === undefined && !NEUTRAL_COMPUTED_FIELDS.has(field)) {
    throw new PermissionError("domain-unsupported", `${name} is computed, and searched by code.`);
  }
  return description;
}

/** The model at the other end of a relational field, `undefined` for any other field. */
export function relatedModel(description: FieldDescription): string | undefined {
  return isToMany(description) || description.type === "many2one" ? description.relation : undefined;
}

export function isToMany(description: FieldDescription): boolean {
  return description.type === "one2many" || description.type === "many2many";
}
