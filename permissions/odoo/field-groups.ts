import type { ModelDescription, PolicySnapshot } from "../policy-snapshot.ts";

/** Fields that the same readers see, to be kept in chunks of their own. */
export interface FieldPartition {
  /** Odoo's `groups=` in one order and without blanks; empty when everybody who sees the record sees the fields. */
  readonly expression: string;
  readonly fields: readonly string[];
}

/** Odoo's mark on fields that nobody may read. */
const NOBODY = ".";

/** Odoo counts this group only in a browser session in debug mode, never for a call. */
const DEBUG_GROUP = "base.group_no_one";

/** Parts the fields by who may see them, the open ones first. A field that the model lacks is left out: nobody knows who may see it. */
export function partitionFields(model: ModelDescription, fields: readonly string[]): readonly FieldPartition[] {
  const partitions = new Map<string, string[]>([["", []]]);
  for (const field of fields) {
    const description = Object.hasOwn(model.fields, field) ? model.fields[field] : undefined;
    if (description === undefined) continue;
    const expression = splitGroups(description.groups).sort().join(",");
    const partition = partitions.get(expression);
    if (partition === undefined) partitions.set(expression, [field]);
    else partition.push(field);
  }
  return [...partitions]
    .filter(([, members]) => members.length > 0)
    .map(([expression, members]) => ({ expression, fields: members }));
}

/**
 * The groups of which a reader needs one, as ids; `[]` when none is needed. `nobody` when no group opens the field, and also when
 * membership alone cannot say who sees it: an excluded group (`!group`) asks for users who are *not* in it.
 */
export function requiredGroups(
  expression: string | undefined,
  policy: Pick<PolicySnapshot, "groups">,
): readonly number[] | "nobody" {
  const names = splitGroups(expression);
  if (names.length === 0) return [];
  if (names.includes(NOBODY)) return "nobody";
  const idOf = (name: string) =>
    name === DEBUG_GROUP ? undefined : policy.groups.find((group) => group.name !== "" && group.name === name)?.id;
  const excluded = names.filter((name) => name.startsWith("!"));
  if (excluded.some((name) => idOf(name.slice(1)) !== undefined)) return "nobody";
  if (excluded.length === names.length) return [];
  const ids = names.map(idOf).filter((id) => id !== undefined);
  return ids.length === 0 ? "nobody" : [...new Set(ids)].sort((left, right) => left - right);
}

function splitGroups(expression: string | undefined): string[] {
  const names = (expression ?? "").split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}
