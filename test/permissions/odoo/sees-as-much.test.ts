import { describe, expect, it } from "vitest";
import { partlySeenModels } from "../../../permissions/odoo/partly-seen-models.ts";
import { type Viewer, seesAsMuch } from "../../../permissions/odoo/sees-as-much.ts";
import type { ModelAccessRow, RecordRule } from "../../../permissions/policy-snapshot.ts";
import { GROUPS, inventedPolicy } from "../invented-policy.ts";

const EVERYBODY = { model: "order", groupId: null };

function rule(domain: string, groupIds: readonly number[] = []): RecordRule {
  return { id: 1, name: "a rule", model: "order", groupIds, domain };
}

const viewer = (companyIds: readonly number[], ...groupIds: readonly number[]): Viewer => ({ companyIds, groupIds });

function covers(
  rules: readonly RecordRule[],
  one: Viewer,
  other: Viewer,
  modelAccess: readonly ModelAccessRow[] = [EVERYBODY],
): boolean {
  return seesAsMuch("order", one, other, { modelAccess, recordRules: rules, inherits: new Map() });
}

describe("whether one person certainly sees all that another sees", () => {
  const [both, first] = [viewer([1, 2], GROUPS.user), viewer([1], GROUPS.user)];

  it("holds without rules, if the one may read the model or the other may not", () => {
    expect(covers([], both, first)).toBe(true);
    const forBuyers = [{ model: "order", groupId: GROUPS.buyer }];
    expect(covers([], both, viewer([1], GROUPS.buyer), forBuyers)).toBe(false);
    expect(covers([], viewer([1], GROUPS.buyer), both, forBuyers)).toBe(true);
    expect(covers([], both, first, [])).toBe(true);
  });

  it.each([
    "[('company_id', 'in', company_ids)]",
    "['|', ('company_id', '=', False), ('company_id', 'parent_of', company_ids)]",
    "[('company_id', 'in', company_ids + [False])]",
    "[('project_id', 'any', [('company_id', 'in', company_ids)])]",
    "['&', ('state', '!=', 'draft'), ('company_id', 'child_of', company_ids)]",
  ])("holds for whoever has the other's companies and more: %s", (domain) => {
    expect(covers([rule(domain)], both, first)).toBe(true);
    expect(covers([rule(domain)], first, both)).toBe(false);
  });

  it.each([
    "[('company_id', 'not in', company_ids)]",
    "['!', ('company_id', 'in', company_ids)]",
    "[('project_id', 'not any', [('company_id', 'in', company_ids)])]",
    "[('company_id', '=', company_id)]",
    "[('user_id', '=', user.id)]",
    "[('company_id', 'in', user.company_ids.ids)]",
    "[('id', 'in', [group.id for group in user.group_ids])]",
    "[(this is no domain",
  ])("is not said of a rule under which more companies may show less, or that names the person: %s", (domain) => {
    expect(covers([rule(domain)], both, first)).toBe(false);
  });

  it("holds under rules that name nobody, whatever they ask", () => {
    expect(covers([rule("['!', ('state', 'not in', ['draft', False])]")], first, both)).toBe(true);
  });

  it("needs of the rules of groups one that lets all through, or all of the other's", () => {
    const own = rule("[('user_id', '=', user.id)]", [GROUPS.user]);
    const all = rule("[(1, '=', 1)]", [GROUPS.manager]);
    const drafts = rule("[('state', '=', 'draft')]", [GROUPS.buyer]);
    const [user, buyer] = [viewer([1], GROUPS.user), viewer([1], GROUPS.buyer)];
    expect(covers([own, all], viewer([1], GROUPS.user, GROUPS.manager), user)).toBe(true);
    expect(covers([own, all], user, viewer([1], GROUPS.manager))).toBe(false);
    expect(covers([own, drafts], viewer([1], GROUPS.user, GROUPS.buyer), buyer)).toBe(true);
    expect(covers([own, drafts], user, buyer)).toBe(false);
    // Without any rule of a group there is nothing to pass: such a person may see more than one who has to.
    expect(covers([drafts], buyer, viewer([1]))).toBe(false);
    expect(covers([drafts], viewer([1]), buyer)).toBe(true);
  });

  it("is asked of the models that it inherits from as well, and of a circle never said", () => {
    const parentRule = { ...rule("[('user_id', '=', user.id)]"), model: "parent" };
    const rows = { modelAccess: [EVERYBODY], recordRules: [parentRule] };
    expect(seesAsMuch("order", both, first, { ...rows, inherits: new Map([["order", ["parent"]]]) })).toBe(false);
    expect(seesAsMuch("order", both, first, { ...rows, inherits: new Map() })).toBe(true);
    expect(seesAsMuch("order", both, first, { ...rows, inherits: new Map([["order", ["order"]]]) })).toBe(false);
  });

  it("is never said of what Odoo decides in code", () => {
    const rows = { modelAccess: [{ model: "mail.message", groupId: null }], recordRules: [], inherits: new Map() };
    expect(seesAsMuch("mail.message", both, both, rows)).toBe(false);
  });
});

describe("the models that the sync account may see in part only", () => {
  const limited = rule("[('company_id', 'in', company_ids)]");

  it("are those of which somebody may see more, with the logins", () => {
    const policy = inventedPolicy({ recordRules: [limited] });
    expect(partlySeenModels(policy, "mia")).toEqual([]);
    expect(partlySeenModels(policy, "bo")).toEqual([{ model: "order", logins: ["mia"], isRefused: false }]);
  });

  it("are told apart from those that it may not read at all; models that are nobody's are none", () => {
    const forManagers = { modelAccess: [{ model: "order", groupId: GROUPS.manager }] };
    expect(partlySeenModels(inventedPolicy(forManagers), "bo")).toEqual([
      { model: "order", logins: ["mia"], isRefused: true },
    ]);
    const absent = inventedPolicy({ ingestedModels: ["not.installed"] });
    expect(partlySeenModels(absent, "bo")).toEqual([]);
  });

  it("cannot be told of an account that the policy does not have", () => {
    expect(() => partlySeenModels(inventedPolicy(), "nobody")).toThrow(/no such user/);
  });
});
