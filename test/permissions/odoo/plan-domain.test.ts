import { describe, expect, it } from "vitest";
import type { AccessExpression } from "../../../permissions/access-filter.ts";
import { always, anyOf, isUnset, never, not, or, within } from "../../../permissions/expression.ts";
import { evaluateExpression } from "../../../permissions/evaluate-access.ts";
import { parseDomain } from "../../../permissions/odoo/parse-domain.ts";
import { planDomain } from "../../../permissions/odoo/plan-domain.ts";
import { PermissionError } from "../../../permissions/permission-error.ts";
import type { FieldDescription, PolicySnapshot } from "../../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../../permissions/resolve-principal.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "../invented-policy.ts";

function plan(
  text: string,
  login = "mia",
  companies?: readonly number[],
  policy: PolicySnapshot = inventedPolicy(),
): AccessExpression {
  return planDomain(parseDomain(text), "order", resolvePrincipal(login, policy, companies), policy);
}

function refusedAs(text: string, policy: PolicySnapshot = inventedPolicy()): string {
  try {
    plan(text, "mia", undefined, policy);
  } catch (error) {
    if (error instanceof PermissionError) return error.code;
    throw error;
  }
  return "planned";
}

describe("planDomain", () => {
  it("matches what is unset by False and by negations", () => {
    expect(plan("[('user_id', '=', False)]")).toEqual(isUnset("user_id"));
    expect(plan("[('user_id', '!=', user.id)]")).toEqual(not(anyOf("user_id", [11])));
    expect(plan("[('company_id', 'in', [False, 3])]")).toEqual(or(isUnset("company_id"), anyOf("company_id", [3])));
  });

  it("takes an unset number for 0 and an unset flag for false", () => {
    expect(plan("[('level', '=', False)]")).toEqual(anyOf("level", [0]));
    expect(plan("[('urgent', '=', False)]")).toEqual(anyOf("urgent", [false]));
    expect(plan("[('urgent', 'in', [True, False])]")).toBe(always);
  });

  it("knows that in over nothing holds for none, and = over nothing asks for what is unset", () => {
    expect(plan("[('user_id', 'in', [])]")).toBe(never);
    expect(plan("[('user_id', 'in', False)]")).toBe(never);
    expect(plan("[('user_id', 'not in', [])]")).toBe(always);
    expect(plan("[('user_id', '=', [])]")).toEqual(isUnset("user_id"));
  });

  it("follows a path in the mirror, archived records included", () => {
    expect(plan("[('project_id.manager_id', '=', user.id)]")).toEqual(anyOf("project_id", [2]));
    expect(plan("[('project_id.visibility', '=', False)]")).toEqual(anyOf("project_id", [3]));
  });

  it("does not take a record that the mirror lacks for one that fails the condition", () => {
    expect(plan("['!', ('project_id.manager_id', '=', user.id)]")).toEqual(
      or(isUnset("project_id"), anyOf("project_id", [1, 3])),
    );
  });

  it.each([
    ["['!', ('tag_ids.color', '=', 1)]", within("tag_ids", [2, 3])],
    ["[('tag_ids', 'not any', [('color', '=', 1)])]", within("tag_ids", [2, 3])],
    ["['!', ('tag_ids', 'any', [('color', '!=', 1)])]", within("tag_ids", [1])],
    ["[('tag_ids', 'not any', [('id', '>', 0)])]", isUnset("tag_ids")],
    ["['!', ('tag_ids.name', 'ilike', 'e')]", within("tag_ids", [3])],
    ["['!', ('watcher_ids', 'child_of', [102])]", within("watcher_ids", [100, 101])],
    ["['!', ('watcher_ids', 'parent_of', [103])]", within("watcher_ids", [100, 101, 104])],
  ])("takes a link to a record that the mirror lacks for a reason to show nothing: %s", (text, expected) => {
    expect(plan(text)).toEqual(expected);
    const link = expected.kind === "within" || expected.kind === "isUnset" ? expected.field : "";
    const known = expected.kind === "within" ? expected.values : [];
    expect(evaluateExpression(plan(text), { [link]: known })).toBe(true);
    expect(evaluateExpression(plan(text), { [link]: [...known, 999] })).toBe(false);
    expect(evaluateExpression(plan(text), { [link]: [] })).toBe(true);
  });

  it("does so behind the first link as well", () => {
    const whole = inventedPolicy();
    const followed = { id: 4, visibility: "followers", manager_id: 999, follower_ids: [999], active: true };
    const mirror = { ...whole.mirror, project: [...(whole.mirror["project"] ?? []), followed] };
    expect(
      plan("['!', ('project_id.follower_ids.name', '=', 'Mia')]", "bo", undefined, inventedPolicy({ mirror })),
    ).toEqual(or(isUnset("project_id"), anyOf("project_id", [1, 3])));
  });

  it("gives a branch the parent company's records by parent_of, and not by in", () => {
    expect(plan("[('company_id', 'parent_of', company_ids)]", "mia", [3])).toEqual(anyOf("company_id", [1, 3]));
    expect(plan("[('company_id', 'in', company_ids)]", "mia", [3])).toEqual(anyOf("company_id", [3]));
    expect(plan("[('partner_id', 'child_of', [user.commercial_partner_id.id])]", "vera")).toEqual(
      anyOf("partner_id", [102, 103, 104]),
    );
  });

  it("matches no record by a hierarchy of nothing", () => {
    expect(plan("[('partner_id', 'child_of', False)]")).toBe(never);
    expect(plan("[('partner_id', 'parent_of', [])]")).toBe(never);
  });

  it("resolves text patterns by the mirror, where it has the text", () => {
    expect(plan("[('tag_ids.name', 'ilike', 'RED_t')]")).toEqual(anyOf("tag_ids", [1]));
    expect(plan("[('tag_ids.name', 'not like', 'b')]")).toEqual(anyOf("tag_ids", [1, 3]));
    expect(refusedAs("[('reference', 'ilike', 'x')]")).toBe("unknown-model");
  });

  it("evaluates facts of the user", () => {
    expect(plan("[('user_id', 'in', [g.id for g in user.all_group_ids])]")).toEqual(
      plan("[('user_id', 'in', user.all_group_ids.ids)]"),
    );
    expect(refusedAs("[('user_id', 'in', [c.id for c in company_ids])]")).toBe("domain-unsupported");
    expect(plan("[('user_id', 'in', user.all_group_ids.ids)]")).toEqual(
      anyOf("user_id", [GROUPS.user, GROUPS.buyer, GROUPS.manager]),
    );
    expect(plan("[('user_id', '=', user.department_id.manager_id.id)]", "bo")).toEqual(anyOf("user_id", [11]));
    expect(plan("[('user_id', '=', user.department_id.manager_id.id)]", "mia")).toEqual(isUnset("user_id"));
    expect(plan("[('company_id', 'in', user.env.companies.ids)]", "mia", [2])).toEqual(anyOf("company_id", [2]));
    expect(plan("[('company_id', 'in', user.company_ids.ids)]", "mia", [2])).toEqual(anyOf("company_id", [1, 2, 3]));
    expect(plan("[('company_id', 'in', user.env.companies.mapped('parent_id').ids)]", "mia")).toEqual(
      anyOf("company_id", [1]),
    );
  });

  it("takes what is published on the website of a call for what is published anywhere, where Odoo computes it so", () => {
    const base = inventedPolicy();
    const boolean = { type: "boolean", label: "" } as const;
    const withFields = (fields: Readonly<Record<string, FieldDescription>>) => {
      const order = describeModel("order", {});
      return inventedPolicy({
        models: { ...base.models, order: { ...order, fields: { ...base.models["order"]?.fields, ...fields } } },
      });
    };
    const computed = { website_published: { ...boolean, stored: false }, is_published: boolean };
    const published = plan("[('website_published', '=', True)]", "mia", undefined, withFields(computed));
    expect(published).toEqual(anyOf("is_published", [true]));
    expect(plan("[('website_published', '!=', True)]", "mia", undefined, withFields(computed))).toEqual(not(published));
    const own = withFields({ ...computed, website_published: boolean });
    expect(plan("[('website_published', '=', True)]", "mia", undefined, own)).toEqual(
      anyOf("website_published", [true]),
    );
    const alone = withFields({ website_published: { ...boolean, stored: false } });
    expect(refusedAs("[('website_published', '=', True)]", alone)).toBe("domain-unsupported");
  });

  it("keeps what it found out for one reader from the next", () => {
    const base = inventedPolicy();
    const channels = [
      describeModel("discuss.channel", { is_member: "boolean", channel_member_ids: ">>discuss.channel.member" }),
      describeModel("discuss.channel.member", { partner_id: ">res.partner" }),
      describeModel("order", { ...base.models["order"]?.fields, channel_id: ">discuss.channel" }),
    ];
    const policy = inventedPolicy({
      models: { ...base.models, ...Object.fromEntries(channels.map((model) => [model.model, model])) },
      mirror: {
        ...base.mirror,
        "discuss.channel": [
          { id: 1, channel_member_ids: [1] },
          { id: 2, channel_member_ids: [2] },
        ],
        "discuss.channel.member": [
          { id: 1, partner_id: 100 },
          { id: 2, partner_id: 101 },
        ],
      },
    });
    for (const text of [
      "[('channel_id.is_member', '=', True)]",
      "[('channel_id', 'any', [('channel_member_ids.partner_id', '=', user.partner_id.id)])]",
      "['!', ('channel_id', 'not any', [('is_member', '=', True)])]",
    ]) {
      expect(plan(text, "bo", undefined, policy)).toEqual(anyOf("channel_id", [1]));
      expect(plan(text, "mia", undefined, policy)).toEqual(anyOf("channel_id", [2]));
    }
    expect(plan("[('company_id', 'in', company_ids)]", "mia", [1], policy)).toEqual(anyOf("company_id", [1]));
    expect(plan("[('company_id', 'in', company_ids)]", "mia", [2], policy)).toEqual(anyOf("company_id", [2]));
  });

  it("plans one domain anew for models that describe its fields otherwise", () => {
    const base = inventedPolicy();
    const other = describeModel("other", {
      project_id: ">department",
      company_id: ">res.company",
      parent_id: ">other",
    });
    const policy = inventedPolicy({
      models: { ...base.models, other },
      mirror: {
        ...base.mirror,
        other: [
          { id: 7, parent_id: 6 },
          { id: 6, parent_id: null },
        ],
      },
    });
    const principal = resolvePrincipal("mia", policy);
    const managed = parseDomain("[('project_id.manager_id', '=', user.id)]");
    expect(planDomain(managed, "order", principal, policy)).toEqual(anyOf("project_id", [2]));
    expect(planDomain(managed, "other", principal, policy)).toEqual(anyOf("project_id", [1]));
    const below = parseDomain("[('id', 'child_of', [102])]");
    expect(planDomain(below, "res.partner", principal, policy)).toEqual(anyOf("id", [102, 103, 104]));
    expect(planDomain(below, "other", principal, policy)).toEqual(anyOf("id", [102]));
  });

  it("takes records for their ids", () => {
    expect(plan("[('company_id', '=', user.company_id)]")).toEqual(anyOf("company_id", [1]));
    expect(plan("[('user_id', '=', user.department_id)]", "mia")).toEqual(isUnset("user_id"));
  });

  it("takes the employees of the current company, and when the request names companies, of those", () => {
    const employees = "[('user_id', 'in', user.employee_ids.ids)]";
    expect(plan(employees, "mia")).toEqual(anyOf("user_id", [2]));
    expect(plan(employees, "mia", [1, 2])).toEqual(anyOf("user_id", [2, 3]));
    expect(plan(employees, "bo")).toEqual(anyOf("user_id", [1]));
    expect(plan("[('user_id', '=', user.employee_id.parent_id.id)]", "bo")).toEqual(anyOf("user_id", [2]));
  });

  it.each([
    ["[('nothing', '=', 1)]", "unknown-field"],
    ["[('project_id.nothing', '=', 1)]", "unknown-field"],
    ["[('user_id', '=', user.nothing.id)]", "domain-unsupported"],
    ["[('user_id', '=', user.employee_ids.id)]", "planned"],
    ["[('company_id', '=', user.company_ids.id)]", "domain-unsupported"],
    ["[('company_id', 'in', [user.company_id])]", "domain-unsupported"],
    ["[('company_id', '=', user.env)]", "domain-unsupported"],
    ["[('company_id', '=', 'Main')]", "domain-unsupported"],
    ["[('company_id', 'in', [[1]])]", "domain-unsupported"],
    ["[('company_id', 'child_of', ['Main'])]", "domain-unsupported"],
    ["[('company_id', 'child_of', [False])]", "domain-unsupported"],
    ["[('state', 'child_of', [1])]", "domain-unsupported"],
    ["[('tag_ids', 'child_of', [1])]", "unknown-field"],
    ["[('state', '<', 'draft')]", "domain-unsupported"],
    ["[('amount', '>', 1.005)]", "domain-unsupported"],
    ["[('due', '>', 'today')]", "domain-unsupported"],
    ["[('due', '=', '2026-02-31')]", "domain-unsupported"],
    ["[('sent_at', '=', '2026-01-01 12:00:00')]", "domain-unsupported"],
    ["[('due.year_number', '=', 2026)]", "domain-unsupported"],
  ])("refuses what it cannot say exactly: %s", (text, code) => {
    expect(refusedAs(text)).toBe(code);
  });

  it("refuses a path into a model that the mirror lacks", () => {
    expect(refusedAs("[('project_id.manager_id', '=', 1)]", inventedPolicy({ mirror: {} }))).toBe("unknown-model");
  });

  it("refuses computed fields and fields that differ from company to company", () => {
    const base = inventedPolicy();
    const order = base.models["order"];
    if (order === undefined) throw new PermissionError("unknown-model", "order");
    const fields = {
      ...order.fields,
      is_mine: { type: "boolean", label: "Mine", stored: false },
      rate: { type: "float", label: "Rate", companyDependent: true },
    } as const;
    const policy = inventedPolicy({ models: { ...base.models, order: { ...order, fields } } });
    expect(refusedAs("[('is_mine', '=', True)]", policy)).toBe("domain-unsupported");
    expect(refusedAs("[('rate', '>', 1)]", policy)).toBe("domain-unsupported");
  });
});
