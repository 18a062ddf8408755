import type { PolicySnapshot } from "../policy-snapshot.ts";

const TWINS: ReadonlyMap<string, string> = new Map([["hr.employee", "hr.employee.public"]]);

/**
 * The model that Odoo answers with when a reader has no access right to `model`: same ids, the twin's rules, the twin's fields only.
 * `undefined` where there is none, or where the policy does not describe it.
 */
export function publicTwin(model: string, policy: Pick<PolicySnapshot, "models">): string | undefined {
  const twin = TWINS.get(model);
  return twin !== undefined && Object.hasOwn(policy.models, twin) ? twin : undefined;
}
