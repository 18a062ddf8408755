import { describe, expect, it } from "vitest";
import { ruleFootprint } from "../../../permissions/odoo/rule-footprint.ts";
import type { RecordRule } from "../../../permissions/policy-snapshot.ts";
import { recordAttributes } from "../../../permissions/record-attributes.ts";
import { describe as describeModel, inventedPolicy } from "../invented-policy.ts";

const rules = (...domains: readonly string[]): readonly RecordRule[] =>
  domains.map((domain, id) => ({ id, name: `rule ${id}`, model: "order", groupIds: [], domain }));

const footprint = (...domains: readonly string[]) =>
  ruleFootprint(inventedPolicy({ recordRules: rules(...domains) }), ["order"]);

describe("ruleFootprint", () => {
  it("asks for the fields that conditions look at, and of paths for the first", () => {
    expect(footprint("['|', ('user_id', '=', user.id), ('project_id.manager_id', '=', user.id)]")).toMatchObject({
      attributes: { order: ["project_id", "user_id"] },
      mirror: { project: ["manager_id"] },
      refused: [],
    });
  });

  it("asks for hierarchies, and for the facts of the user", () => {
    const found = footprint(
      "[('partner_id', 'child_of', [user.commercial_partner_id.id])]",
      "[('user_id', '=', user.employee_id.parent_id.id)]",
      "[('company_id', 'parent_of', user.env.companies.ids)]",
      "[('id', '=', user.env.company.parent_id.id)]",
    );
    expect(found.refused).toEqual([]);
    expect(found.mirror).toEqual({
      "hr.employee": ["active", "company_id", "parent_id", "user_id"],
      "res.company": ["parent_id"],
      "res.partner": ["parent_id"],
      "res.users": ["commercial_partner_id"],
    });
    expect(found.attributes["order"]).toEqual(["company_id", "id", "partner_id", "user_id"]);
  });

  it("names the rules that cannot be planned, and asks nothing for them", () => {
    const found = footprint(
      "[('level', '=', 1)]",
      "[('user_id', '=', uid)]",
      "[('nothing', '=', 1), ('user_id', '=', 1)]",
    );
    expect(found.refused.map(({ rule }) => rule)).toEqual(["rule 1", "rule 2"]);
    expect(found.attributes["order"]).toEqual(["level"]);
  });

  it("asks a child for the attributes of its _inherits parent, under dotted names", () => {
    const base = inventedPolicy({ recordRules: rules("['|', ('company_id', '=', 1), ('id', '=', 5)]") });
    const variant = { ...describeModel("variant", { order_id: ">order" }), inherits: { order: "order_id" } };
    const found = ruleFootprint({ ...base, models: { ...base.models, variant } }, ["variant"]);
    expect(found.attributes["variant"]).toEqual(["order_id", "order_id.company_id"]);
  });

  it("names the models that Odoo decides in code", () => {
    expect(ruleFootprint(inventedPolicy(), ["mail.activity"]).refused[0]?.model).toBe("mail.activity");
  });
});

describe("recordAttributes", () => {
  const needs = footprint(
    "[('level', '=', 1), ('urgent', '=', True), ('reference', '=', 'x'), ('tag_ids', '=', 1), ('sent_at', '>', '2026-01-01'), ('user_id', '=', 1)]",
  );

  it("makes unset numbers 0, unset flags false, and all else that is unset empty", () => {
    const record = { id: 1, level: null, urgent: null, reference: "", tag_ids: [], sent_at: null, user_id: null };
    expect(recordAttributes("order", record, needs)).toEqual({
      model: ["order"],
      level: [0],
      urgent: [false],
      reference: [],
      tag_ids: [],
      sent_at: [],
      user_id: [],
    });
  });

  it("leaves out what the record lacks and what no rule names", () => {
    expect(recordAttributes("order", { id: 1, amount: 7, user_id: 3 }, needs)).toEqual({
      model: ["order"],
      user_id: [3],
    });
  });

  it("writes moments as Odoo does", () => {
    const record = { id: 1, sent_at: "2026-01-01T12:00:00.123456Z" };
    expect(recordAttributes("order", record, needs)["sent_at"]).toEqual(["2026-01-01 12:00:00"]);
  });
});
