import { PermissionError } from "../permission-error.ts";
import type { FieldDescription, PolicySnapshot } from "../policy-snapshot.ts";
import { describeField, describeModel, relatedModel } from "./describe-field.ts";

/** What `child_of` and `parent_of` on a field climb, and which attribute of the record they then ask for. */
export interface Hierarchy {
  readonly target: string;
  readonly parentField: string;
  readonly attribute: string;
}

/**
 * On `id` the model's own hierarchy; on a relational field that of the related model. A field that leads to its own model is climbed
 * itself, and the answer is about the record's id.
 *
 * @throws PermissionError `domain-unsupported` where there is nothing to climb
 */
export function describeHierarchy(
  model: string,
  field: string,
  description: FieldDescription,
  position: number,
  policy: Pick<PolicySnapshot, "models">,
): Hierarchy {
  const target = field === "id" ? model : relatedModel(description);
  if (target === undefined) {
    throw new PermissionError("domain-unsupported", `${field} leads to no hierarchy.`, { position });
  }
  const isOwn = field !== "id" && target === model;
  const described = describeModel(target, policy);
  const parentField = isOwn ? field : described.parentField;
  const parent = describeField(described, parentField);
  if (parent.type !== "many2one" || parent.relation !== target) {
    throw new PermissionError("domain-unsupported", `${target} has no hierarchy over ${parentField}.`, { position });
  }
  return { target, parentField, attribute: isOwn ? "id" : field };
}
