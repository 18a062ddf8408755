import type { AccessExpression } from "../access-filter.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import type { RuleValue } from "./user-facts.ts";

/** What planning has found out already; rules repeat each other from model to model. */
export interface PlanningMemory {
  /** Ids of mirrored records, by the condition that they satisfy. */
  readonly matches: Map<string, readonly number[]>;
  /** By the domain and the fields that it is about. */
  readonly plans: Map<string, AccessExpression>;
  /** By the expression over the user. */
  readonly values: Map<string, RuleValue>;
}

const ofPolicies = new WeakMap<PolicySnapshot, PlanningMemory>();
const ofPrincipals = new WeakMap<Principal, WeakMap<PolicySnapshot, PlanningMemory>>();

/** What holds for whoever asks. */
export function policyMemory(policy: PolicySnapshot): PlanningMemory {
  return held(ofPolicies, policy, emptyMemory);
}

/** What holds for one principal under one policy. */
export function principalMemory(principal: Principal, policy: PolicySnapshot): PlanningMemory {
  const memories = held(ofPrincipals, principal, () => new WeakMap<PolicySnapshot, PlanningMemory>());
  return held(memories, policy, emptyMemory);
}

/** What is held under the key, made when it is not. */
export function held<Key, Value>(
  known: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}

function emptyMemory(): PlanningMemory {
  return { matches: new Map(), plans: new Map(), values: new Map() };
}
