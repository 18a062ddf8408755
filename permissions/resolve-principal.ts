import { PermissionError } from "./permission-error.ts";
import type { GroupPolicy, PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";

/**
 * Resolves an authenticated login against one policy snapshot. `companyIds` narrows the companies of the request; as in Odoo, the
 * first of them is then the current one. Without it, all of the user's companies are active and the user's own is current.
 *
 * @throws PermissionError `unknown-login` for an unknown or archived user; `company-not-allowed` when a company is not the user's.
 */
export function resolvePrincipal(login: string, policy: PolicySnapshot, companyIds?: readonly number[]): Principal {
  const user = policy.users.find((candidate) => candidate.login === login);
  if (user === undefined || !user.active) throw new PermissionError("unknown-login", "There is no such user.");
  if (companyIds?.length === 0 || companyIds?.some((id) => !user.companyIds.includes(id)) === true) {
    throw new PermissionError("company-not-allowed", "A company of the request is not among the user's companies.");
  }
  const groups = closeGroups(user.groupIds, policy.groups);
  return Object.freeze({
    userId: user.id,
    login: user.login,
    name: user.name,
    groupIds: Object.freeze(groups.map((group) => group.id)),
    groupNames: Object.freeze(groups.map((group) => group.name).filter((name) => name !== "")),
    companyIds: Object.freeze([...new Set(companyIds ?? user.companyIds)].sort((left, right) => left - right)),
    currentCompanyId: companyIds?.[0] ?? user.companyId,
    ...(companyIds === undefined ? {} : { namesCompanies: true }),
    epoch: policy.epoch,
  });
}

/** The given groups and all that they imply, by ascending id. Groups may imply each other in circles; unknown ids are left out. */
function closeGroups(groupIds: readonly number[], groups: readonly GroupPolicy[]): GroupPolicy[] {
  const byId = groupsById(groups);
  const closed = new Map<number, GroupPolicy>();
  const waiting = [...groupIds];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const group = byId.get(id);
    if (group === undefined || closed.has(id)) continue;
    closed.set(id, group);
    waiting.push(...group.impliedIds);
  }
  return [...closed.values()].sort((left, right) => left.id - right.id);
}

const indexes = new WeakMap<readonly GroupPolicy[], ReadonlyMap<number, GroupPolicy>>();

function groupsById(groups: readonly GroupPolicy[]): ReadonlyMap<number, GroupPolicy> {
  let byId = indexes.get(groups);
  if (byId === undefined) {
    byId = new Map(groups.map((group) => [group.id, group]));
    indexes.set(groups, byId);
  }
  return byId;
}
