import type { AccessFilter } from "./access-filter.ts";
import { PermissionError } from "./permission-error.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";

/** How one model came out of the plan for one principal. */
export interface ModelPlan {
  readonly model: string;
  readonly outcome: "always" | "never" | "conditional";
  /** Why nothing is shown, where the rules themselves do not say so. */
  readonly reason?: string;
}

/** What the principal may read. @throws PermissionError `stale-principal` when it was resolved against another snapshot. */
export function planAccess(principal: Principal, policy: PolicySnapshot): AccessFilter {
  throw new PermissionError("stale-principal", `${principal.login} ${policy.epoch}`);
}

/** The plan, model by model. */
export function explainPlan(principal: Principal, policy: PolicySnapshot): readonly ModelPlan[] {
  throw new PermissionError("stale-principal", `${principal.login} ${policy.epoch}`);
}
