import type { AccessProof } from "./access-proof.ts";
import { evaluateAccess } from "./evaluate-access.ts";
import { PermissionError } from "./permission-error.ts";
import { planAccess } from "./plan-access.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";
import { resolvePrincipal } from "./resolve-principal.ts";
import { isIsoDay } from "./utc-day.ts";

/** What came of making a decision again. */
export interface Replay {
  /** In whole sentences: what is not as the proof has it. Empty: everything is. */
  readonly differences: readonly string[];
  /** In the order of the proof. */
  readonly sources: readonly ReplayedSource[];
}

export interface ReplayedSource {
  readonly documentId: string;
  readonly part: string;
  /** ISO instant of the recheck. */
  readonly at: string;
  /** What the kept attributes come to now, under the policy and the day of then; null when it cannot be evaluated. */
  readonly readable: boolean | null;
}

/**
 * Makes the decision of a proof again: the login is resolved against the policy of then, planned for the day of then, and the kept
 * attributes are evaluated. `policy` must be the snapshot of the proof's epoch.
 */
export function replayProof(proof: AccessProof, policy: PolicySnapshot): Replay {
  const differences: string[] = [];
  if (policy.epoch !== proof.epoch)
    differences.push(`The policy is of epoch ${policy.epoch}, the proof of ${proof.epoch}.`);
  const principal = principalOf(proof, policy, differences);
  const { day } = proof;
  if (!isIsoDay(day)) differences.push(`The proof names no day but “${day}”.`);
  if (principal === null || !isIsoDay(day))
    return { differences, sources: proof.sources.map((source) => replayed(source, null)) };
  differences.push(...principalDifferences(principal, proof));
  const filter = planAccess(principal, policy, day);
  if (filter.hash !== proof.filterHash) {
    differences.push(
      `The filter comes to ${filter.hash}, the proof has ${proof.filterHash}: the policy, the proof or the planner is another.`,
    );
  }
  const sources = proof.sources.map((source) => {
    const attributes = proof.attributes[source.access];
    return replayed(source, attributes === undefined ? null : evaluateAccess(filter, attributes));
  });
  for (const { documentId, part, readable } of sources) {
    if (readable === false) differences.push(`Part “${part}” of ${documentId} was shown, yet it is not readable.`);
    if (readable === null) differences.push(`For part “${part}” of ${documentId} the proof holds no attributes.`);
  }
  return { differences, sources };
}

function principalOf(proof: AccessProof, policy: PolicySnapshot, differences: string[]): Principal | null {
  const { currentCompany, companies, namesCompanies } = proof;
  // The first that a request names is the current one.
  const named = [currentCompany, ...companies.filter((id) => id !== currentCompany)];
  try {
    return resolvePrincipal(proof.principal.login, policy, namesCompanies ? named : undefined);
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    differences.push(`${proof.principal.login} cannot be resolved under that policy: ${error.message}`);
    return null;
  }
}

function principalDifferences(principal: Principal, proof: AccessProof): readonly string[] {
  const facts = [
    ["user id", principal.userId, proof.principal.userId],
    ["groups", principal.groupIds, proof.groups],
    ["companies", principal.companyIds, proof.companies],
    ["current company", principal.currentCompanyId, proof.currentCompany],
  ] as const;
  return facts
    .filter(([, now, then]) => String(now) !== String(then))
    .map(
      ([name, now, then]) => `The ${name} of ${principal.login} come to ${String(now)}, the proof has ${String(then)}.`,
    );
}

function replayed(
  { documentId, part, recheck }: AccessProof["sources"][number],
  readable: boolean | null,
): ReplayedSource {
  return { documentId, part, at: recheck.at, readable };
}
