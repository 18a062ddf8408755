import { readablePartitions } from "../../permissions/odoo/readable-partitions.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Principal } from "../../permissions/principal.ts";

export interface FieldDifference {
  readonly over: readonly string[];
  readonly under: readonly string[];
}

/** `shown` are the names that `fields_get` gives this person. */
export function compareFields(
  shown: ReadonlySet<string>,
  model: string,
  fields: readonly string[],
  principal: Principal,
  policy: PolicySnapshot,
): FieldDifference {
  const description = policy.models[model];
  const partitions = description === undefined ? [] : readablePartitions(description, fields, policy);
  const visible = new Set(
    partitions
      .filter(({ requires }) => requires.length === 0 || requires.some((id) => principal.groupIds.includes(id)))
      .flatMap((partition) => partition.fields),
  );
  return {
    over: fields.filter((field) => visible.has(field) && !shown.has(field)),
    under: fields.filter((field) => !visible.has(field) && shown.has(field)),
  };
}
