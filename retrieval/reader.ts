import type { AccessFilter } from "../permissions/access-filter.ts";
import { planAccess } from "../permissions/plan-access.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import type { Principal } from "../permissions/principal.ts";
import { resolvePrincipal } from "../permissions/resolve-principal.ts";

/** Who asks and what that person may read, under one policy. Made anew for every request. */
export interface Reader {
  readonly principal: Principal;
  readonly filter: AccessFilter;
  readonly policy: PolicySnapshot;
}

/**
 * `login` must come from an authenticated key or session. `companyIds` narrows the reader's companies.
 * Throws PermissionError `unknown-login` or `company-not-allowed`.
 */
export function openReader(login: string, policy: PolicySnapshot, companyIds?: readonly number[]): Reader {
  const principal = resolvePrincipal(login, policy, companyIds);
  return { principal, filter: planAccess(principal, policy), policy };
}
