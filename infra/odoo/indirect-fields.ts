import type { FieldDescription, ModelDescription, PolicySnapshot } from "../../permissions/policy-snapshot.ts";

/** Who follows a record: kept beside it, without a date. */
export const FOLLOWERS = "mail.followers";

/**
 * The models whose records decide the field's value beside the record that bears it: when one of those changes, the value may have changed
 * although the bearer's `write_date` has not. A dotted name is a field of the record that the first link leads to.
 */
export function decidingModels(
  field: string,
  description: ModelDescription,
  models: PolicySnapshot["models"],
): readonly string[] {
  const [first = "", ...rest] = field.split(".");
  const own = Object.hasOwn(description.fields, first) ? description.fields[first] : undefined;
  if (own === undefined) return [];
  const found = decidingOne(first, own, description, models);
  const next = own.relation === undefined ? undefined : models[own.relation];
  if (rest.length === 0 || own.relation === undefined) return found;
  return [...found, own.relation, ...(next === undefined ? [] : decidingModels(rest.join("."), next, models))];
}

function decidingOne(
  name: string,
  field: FieldDescription,
  description: ModelDescription,
  models: PolicySnapshot["models"],
): readonly string[] {
  if (name.startsWith("message_") && field.type === "many2many") return [FOLLOWERS];
  if (field.related !== undefined) return alongPath(field.related, description, models);
  // Partners are edited all day, and no model that is read here is linked to them from their side.
  const isEditedFromBothSides = field.type === "many2many" && field.relation !== "res.partner";
  return field.relation !== undefined && (field.type === "one2many" || isEditedFromBothSides) ? [field.relation] : [];
}

function alongPath(path: string, description: ModelDescription, models: PolicySnapshot["models"]): readonly string[] {
  const found: string[] = [];
  let at: ModelDescription | undefined = description;
  for (const name of path.split(".")) {
    const relation: string | undefined = at?.fields[name]?.relation;
    if (relation === undefined) break;
    found.push(relation);
    at = models[relation];
  }
  // The last hop of a path is the value itself.
  return found.length === path.split(".").length ? found.slice(0, -1) : found;
}
