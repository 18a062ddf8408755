import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import type { DomainValue } from "./domain.ts";
import { held, principalMemory } from "./planning-memory.ts";
import { evaluateUserExpression, type RuleScalar, type RuleValue } from "./user-facts.ts";

/**
 * The value of a condition for one principal: one scalar, or a flat list of them. `null` stands for Odoo's None.
 * @throws PermissionError as `evaluateUserExpression`; `domain-unsupported` for lists in lists and sums of other things than lists.
 */
export function evaluateRuleValue(value: DomainValue, principal: Principal, policy: PolicySnapshot): RuleValue {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "expression":
      return held(principalMemory(principal, policy).values, `${value.name} ${JSON.stringify(value.steps)}`, () =>
        evaluateUserExpression(value, principal, policy),
      );
    case "list":
      return value.items.map((item) => requireScalar(evaluateRuleValue(item, principal, policy), item.position));
    default: {
      const left = evaluateRuleValue(value.left, principal, policy);
      const right = evaluateRuleValue(value.right, principal, policy);
      if (isList(left) && isList(right)) return [...left, ...right];
      throw new PermissionError("domain-unsupported", "Only lists are added.", { position: value.position });
    }
  }
}

export function isList(value: RuleValue): value is readonly RuleScalar[] {
  return typeof value === "object" && value !== null;
}

/** Whether Python takes the value for false. */
export function isFalsy(value: RuleValue): boolean {
  return isList(value) ? value.length === 0 : value === null || value === false || value === 0 || value === "";
}

function requireScalar(value: RuleValue, position: number): RuleScalar {
  if (!isList(value)) return value;
  throw new PermissionError("domain-unsupported", "Lists in lists are not planned.", { position });
}
