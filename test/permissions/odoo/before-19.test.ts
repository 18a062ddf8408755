import { describe, expect, it } from "vitest";
import { always, anyOf, isUnset, not, or, range } from "../../../permissions/expression.ts";
import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { employeesOf } from "../../../permissions/odoo/employees-of.ts";
import { parseDomain } from "../../../permissions/odoo/parse-domain.ts";
import { planDomain } from "../../../permissions/odoo/plan-domain.ts";
import { PermissionError } from "../../../permissions/permission-error.ts";
import { planAccess } from "../../../permissions/plan-access.ts";
import { resolvePrincipal } from "../../../permissions/resolve-principal.ts";
import { describe as describeModel, inventedPolicy } from "../invented-policy.ts";

const base = inventedPolicy();
const order = base.models["order"] ?? describeModel("order", {});
const projects = { type: "many2many", label: "", relation: "project" } as const;
const today = inventedPolicy({
  models: { ...base.models, order: { ...order, fields: { ...order.fields, project_ids: projects } } },
});
const former = { ...today, odooVersion: 17 };

const planOn = (policy: typeof today, text: string) =>
  planDomain(parseDomain(text), "order", resolvePrincipal("mia", policy), policy);

function planned(text: string) {
  try {
    return planOn(former, text);
  } catch (error) {
    if (error instanceof PermissionError) return error.code;
    throw error;
  }
}

describe("a rule of an Odoo before 19", () => {
  it.each([
    // Unset numbers are NULL there, and come over the API as 0.
    "[('level', '=', 0)]",
    "[('level', '=', False)]",
    "[('level', '<=', 2)]",
    "[('level', '>', -1)]",
    "[('level', 'in', [0, 3])]",
    "[('level', '=?', 0)]",
    // So are unset texts, apart from empty ones.
    "[('reference', '=', False)]",
    "[('reference', '=', '')]",
    "[('reference', 'in', ['a', False])]",
    "[('reference', 'ilike', False)]",
    // Lists and flags that another operator is made of.
    "[('user_id', '=', [])]",
    "[('user_id', 'not in', False)]",
    "[('tag_ids', 'in', [1, False])]",
    "[('urgent', '=', None)]",
    "[('level', 'in', 3)]",
    "[('id', 'in', 3)]",
    "[('user_id', '=', user)]",
    // The API leaves links to archived records out.
    "[('project_ids', '=', False)]",
    "[('project_ids', 'not in', [1])]",
    "[('project_ids', 'not any', [('manager_id', '=', 1)])]",
    // Before these there is no opposite operator.
    "['!', ('partner_id', 'child_of', [1])]",
    "['!', ('reference', '=like', 'x%')]",
    "['!', ('level', '=?', 2)]",
  ])("is refused where our plan would show more: %s", (text) => {
    expect(planned(text)).toBe("domain-unsupported");
  });

  it.each([
    "[('level', '>', 0)]",
    "[('level', '=', 3)]",
    "[('level', '!=', 3)]",
    "[('level', 'in', [1, 3])]",
    "[('level', 'not in', [3])]",
    "[('reference', '=', 'a')]",
    "[('reference', '!=', 'a')]",
    "[('reference', 'not in', ['a'])]",
    "[('user_id', '=', False)]",
    "[('company_id', 'in', [False, 3])]",
    "[('user_id', 'in', [])]",
    "[('urgent', '=', False)]",
    "[('state', '=', False)]",
    "[('due', '=', False)]",
    "[('tag_ids', '=', False)]",
    "[('tag_ids', 'not in', [1])]",
    "[('project_ids', 'in', [1])]",
    "[('project_ids', '!=', False)]",
    "[('project_id.manager_id', '!=', user.id)]",
  ])("is planned as ever where it means the same: %s", (text) => {
    expect(planned(text)).toEqual(planOn(today, text));
  });

  it("turns ! into the opposite operator, wherever the path leads", () => {
    const direct = "[('project_id.manager_id', '!=', user.id)]";
    expect(planned("['!', ('project_id.manager_id', '=', user.id)]")).toEqual(planOn(today, direct));
    expect(planned("['!', ('project_id.manager_id', '=', user.id)]")).not.toEqual(
      planOn(today, "['!', ('project_id.manager_id', '=', user.id)]"),
    );
    expect(planned("['!', '!', ('level', '>', 0)]")).toEqual(range("level", ">", 0));
    expect(planned("['!', '|', ('user_id', '=', False), ('level', '<', 1)]")).toEqual(
      planOn(today, "[('user_id', '!=', False), ('level', '>=', 1)]"),
    );
    expect(planned("['!', ('level', '>', 0)]")).toBe("domain-unsupported");
    expect(planned("['!', (0, '=', 1)]")).toBe(always);
    expect(planned("['!', ('user_id', '!=', 4)]")).toEqual(anyOf("user_id", [4]));
    expect(planned("['!', ('user_id', 'in', [4, False])]")).toEqual(not(or(isUnset("user_id"), anyOf("user_id", [4]))));
  });

  it("knows any from 17 on", () => {
    const text = "[('project_id', 'any', [('manager_id', '=', 1)])]";
    expect(planned(text)).toEqual(planOn(today, text));
    expect(() => planOn({ ...former, odooVersion: 16 }, text)).toThrow(/no operator any/);
  });

  it("may compare numbers that are always set", () => {
    const level = { type: "integer", label: "", required: true } as const;
    const models = { ...today.models, order: { ...order, fields: { ...order.fields, level } } };
    const policy = { ...former, models };
    expect(planOn(policy, "[('level', '<=', 2)]")).toEqual(range("level", "<=", 2));
  });
});

describe("a reader of an Odoo before 19", () => {
  const attachment = {
    model: ["ir.attachment"],
    res_model: [],
    res_id: [0],
    res_field: [],
    public: [true],
    create_uid: [1],
    requires: [],
  };

  it("from outside reads no attachment, not even a public one", () => {
    const models = { ...today.models, "ir.attachment": describeModel("ir.attachment", {}) };
    const modelAccess = [{ model: "ir.attachment", groupId: null }];
    const shown = (login: string, odooVersion?: number) => {
      const changes = { models, modelAccess, ingestedModels: ["ir.attachment"] };
      const policy = inventedPolicy({ ...changes, ...(odooVersion === undefined ? {} : { odooVersion }) });
      return evaluateAccess(planAccess(resolvePrincipal(login, policy), policy), attachment);
    };
    expect(shown("vera", 16)).toBe(false);
    expect(shown("vera")).toBe(true);
    expect(shown("bo", 16)).toBe(true);
  });

  it("has the employees of all companies in Odoo 14", () => {
    const employee = { user_id: 11, active: true, parent_id: null };
    const mirror = {
      ...today.mirror,
      "hr.employee": [
        { id: 1, ...employee, company_id: 1 },
        { id: 2, ...employee, company_id: 2 },
      ],
    };
    const of = (odooVersion: number) => {
      const policy = { ...today, mirror, odooVersion };
      return employeesOf(resolvePrincipal("mia", policy), policy);
    };
    expect(of(14)).toEqual({ current: [1], all: [1, 2] });
    expect(of(16)).toEqual({ current: [1], all: [1] });
  });
});
