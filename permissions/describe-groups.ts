import { joined } from "./describe-attributes.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";

/** `Purchase / Administrator (purchase.group_purchase_manager)`, or the id of a group that the policy does not have. */
export function describeGroup(id: number, policy: Pick<PolicySnapshot, "groups">): string {
  const group = policy.groups.find((candidate) => candidate.id === id);
  if (group === undefined) return `group ${id}, which the policy does not have`;
  return `${group.label} (${group.name === "" ? `id ${id}` : group.name})`;
}

export function describeGroups(ids: readonly number[], policy: Pick<PolicySnapshot, "groups">): string {
  return joined(ids.map((id) => describeGroup(id, policy)));
}
