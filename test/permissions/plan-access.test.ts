import { describe, expect, it } from "vitest";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { explainPlan, planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot, RecordRule } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "./invented-policy.ts";

const rule = (domain: string, groupIds: readonly number[] = [], model = "order"): RecordRule => ({
  id: 7,
  name: "the rule",
  model,
  groupIds,
  domain,
});

function explained(policy: PolicySnapshot, login = "bo") {
  return explainPlan(resolvePrincipal(login, policy), policy).find(({ model }) => model === "order");
}

function shows(
  policy: PolicySnapshot,
  login: string,
  attributes: Record<string, readonly (string | number | boolean)[]>,
) {
  return evaluateAccess(planAccess(resolvePrincipal(login, policy), policy), { requires: [], ...attributes });
}

describe("planAccess", () => {
  it("shows nothing of a model without an access row for the reader", () => {
    const policy = inventedPolicy({ modelAccess: [{ model: "order", groupId: GROUPS.manager }] });
    expect(shows(policy, "mia", { model: ["order"] })).toBe(true);
    expect(shows(policy, "bo", { model: ["order"] })).toBe(false);
    expect(explained(policy)).toMatchObject({ outcome: "never", reason: "No access right to the model." });
  });

  it("shows nothing of a model that was not planned, nor of a part without attributes", () => {
    const policy = inventedPolicy();
    expect(shows(policy, "mia", { model: ["invoice"] })).toBe(false);
    expect(evaluateAccess(planAccess(resolvePrincipal("mia", policy), policy), {})).toBe(false);
  });

  it("opens a partition that requires groups to those who are in one of them", () => {
    const policy = inventedPolicy();
    expect(shows(policy, "mia", { model: ["order"], requires: [GROUPS.manager, GROUPS.system] })).toBe(true);
    expect(shows(policy, "bo", { model: ["order"], requires: [GROUPS.manager, GROUPS.system] })).toBe(false);
    expect(evaluateAccess(planAccess(resolvePrincipal("mia", policy), policy), { model: ["order"] })).toBe(false);
  });

  it("denies the model, by the rule's name, when a rule cannot be planned", () => {
    const policy = inventedPolicy({ recordRules: [rule("[('user_id', '=', uid)]")] });
    expect(explained(policy)?.outcome).toBe("never");
    expect(explained(policy)?.reason).toContain('"the rule" (7) on order');
  });

  it("lets rules decide without one that cannot be planned, where that one cannot matter", () => {
    const unplanned = rule("[('user_id', '=', uid)]", [GROUPS.buyer]);
    expect(explained(inventedPolicy({ recordRules: [unplanned, rule("[(1, '=', 1)]", [GROUPS.user])] }))?.outcome).toBe(
      "always",
    );
    expect(
      explained(inventedPolicy({ recordRules: [unplanned, rule("[('level', '=', 1)]", [GROUPS.user])] }))?.outcome,
    ).toBe("never");
    expect(explained(inventedPolicy({ recordRules: [unplanned] }), "vera")?.outcome).toBe("always");
  });

  it("adds the rules of an _inherits parent, on the parent's attributes", () => {
    const base = inventedPolicy();
    const variant = { ...describeModel("variant", { order_id: ">order" }), inherits: { order: "order_id" } };
    const policy = inventedPolicy({
      models: { ...base.models, variant },
      modelAccess: [{ model: "variant", groupId: null }],
      ingestedModels: ["variant"],
      recordRules: [rule("['|', ('company_id', '=', 1), ('id', '=', 5)]")],
    });
    expect(shows(policy, "bo", { model: ["variant"], order_id: [4], "order_id.company_id": [1] })).toBe(true);
    expect(shows(policy, "bo", { model: ["variant"], order_id: [5], "order_id.company_id": [2] })).toBe(true);
    expect(shows(policy, "bo", { model: ["variant"], order_id: [4], "order_id.company_id": [2] })).toBe(false);
  });

  it("plans models with the same rules as one clause", () => {
    const base = inventedPolicy();
    const twin = { ...base.models["order"], model: "twin" } as (typeof base.models)[string];
    const policy = inventedPolicy({
      models: { ...base.models, twin },
      ingestedModels: ["order", "twin"],
      modelAccess: [
        { model: "order", groupId: null },
        { model: "twin", groupId: null },
      ],
    });
    expect(JSON.stringify(planAccess(resolvePrincipal("bo", policy), policy).expression)).toContain(
      '"values":["order","twin"]',
    );
  });

  it("names equal plans by equal hashes, and others by others", () => {
    const policy = inventedPolicy({ recordRules: [rule("[('company_id', 'in', company_ids)]")] });
    const hash = (login: string, companies?: readonly number[]) =>
      planAccess(resolvePrincipal(login, policy, companies), policy).hash;
    expect(hash("mia", [2, 3])).toBe(hash("mia", [3, 2]));
    expect(hash("mia", [2])).not.toBe(hash("mia", [3]));
    expect(hash("mia")).not.toBe(hash("bo"));
  });

  it("keeps plans apart whose current companies differ", () => {
    const policy = inventedPolicy({ recordRules: [rule("[('company_id', '=', company_id)]")] });
    const reads = (companies: readonly number[]) =>
      evaluateAccess(planAccess(resolvePrincipal("mia", policy, companies), policy), {
        model: ["order"],
        requires: [],
        company_id: [3],
      });
    expect([reads([2, 3]), reads([3, 2])]).toEqual([false, true]);
  });

  it("refuses a principal of another policy", () => {
    const principal = resolvePrincipal("bo", inventedPolicy());
    expect(() => planAccess(principal, inventedPolicy({ epoch: "epoch-2" }))).toThrowError(
      expect.objectContaining({ code: "stale-principal" }),
    );
  });

  it("makes filters that cannot be changed", () => {
    const policy = inventedPolicy();
    const filter = planAccess(resolvePrincipal("bo", policy), policy);
    expect(Object.isFrozen(filter) && Object.isFrozen(filter.expression)).toBe(true);
  });
});
