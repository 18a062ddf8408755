import { describe, expect, it } from "vitest";
import type { AccessAttributes } from "../../../permissions/access-attributes.ts";
import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { ruleFootprint } from "../../../permissions/odoo/rule-footprint.ts";
import { explainPlan, planAccess } from "../../../permissions/plan-access.ts";
import { prefixAttributes } from "../../../permissions/record-attributes.ts";
import { resolvePrincipal } from "../../../permissions/resolve-principal.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "../invented-policy.ts";

const base = inventedPolicy();
const inCompanies = "[('company_id', 'in', company_ids)]";
const policy = inventedPolicy({
  models: {
    ...base.models,
    "mail.message": describeModel("mail.message", {}),
    "hr.employee": describeModel("hr.employee", {
      company_id: ">res.company",
      user_id: ">res.users",
      active: "boolean",
    }),
    "hr.employee.public": describeModel("hr.employee.public", { company_id: ">res.company" }),
  },
  ingestedModels: ["hr.employee", "mail.message"],
  hostModels: ["order"],
  modelAccess: [
    { model: "order", groupId: null },
    { model: "mail.message", groupId: null },
    { model: "hr.employee", groupId: GROUPS.manager },
    { model: "hr.employee.public", groupId: GROUPS.user },
  ],
  recordRules: [
    { id: 1, name: "order company", model: "order", groupIds: [], domain: inCompanies },
    { id: 2, name: "profile company", model: "hr.employee.public", groupIds: [], domain: inCompanies },
  ],
});
const mayRead = (login: string, attributes: AccessAttributes): boolean =>
  evaluateAccess(planAccess(resolvePrincipal(login, policy), policy), { requires: [], ...attributes });
const company = 1;
const message = (record: AccessAttributes): AccessAttributes => ({
  model: ["mail.message"],
  author_id: [999],
  partner_ids: [],
  notified_partner_ids: [],
  message_type: ["comment"],
  is_internal: [false],
  subtype_id: [1],
  ...prefixAttributes("record.", record),
});

const employee = (of: number): AccessAttributes => ({ model: ["hr.employee"], company_id: [of] });

describe("a host: a model that messages hang on without being ingested", () => {
  it("lets its messages be read under its own rules", () => {
    expect(mayRead("bo", message({ model: ["order"], company_id: [company] }))).toBe(true);
    expect(mayRead("bo", message({ model: ["order"], company_id: [99] }))).toBe(false);
    expect(mayRead("bo", message({ model: ["order"] }))).toBe(false);
  });

  it("is not readable itself, and no model of the plan", () => {
    expect(mayRead("bo", { model: ["order"], company_id: [company] })).toBe(false);
    expect(explainPlan(resolvePrincipal("bo", policy), policy).map(({ model }) => model)).not.toContain("order");
  });

  it("needs the attributes of its rules", () => {
    expect(ruleFootprint(policy, policy.ingestedModels).attributes["order"]).toEqual(["company_id"]);
  });
});

describe("an employee", () => {
  it("is shown without a right to employees as the public profile is", () => {
    expect(mayRead("bo", employee(company))).toBe(true);
    expect(mayRead("bo", employee(99))).toBe(false);
  });

  it("is shown with that right under its own rules", () => {
    expect(mayRead("mia", employee(99))).toBe(true);
  });

  it("is not shown to those who may not read profiles", () => {
    expect(mayRead("vera", employee(1))).toBe(false);
  });

  it("does not show its messages as a profile", () => {
    const on = message({ model: ["hr.employee"], company_id: [company] });
    expect(mayRead("bo", on)).toBe(false);
    expect(mayRead("mia", on)).toBe(true);
  });
});
