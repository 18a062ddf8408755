import { describe, expect, it } from "vitest";
import { partitionFields, requiredGroups } from "../../../permissions/odoo/field-groups.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "../invented-policy.ts";

const policy = inventedPolicy();

describe("partitionFields", () => {
  const model = describeModel("order", {
    name: "char",
    cost: { type: "float", label: "Cost", groups: "purchase.manager, purchase.buyer" },
    margin: { type: "float", label: "Margin", groups: "purchase.buyer,purchase.manager" },
    secret: { type: "char", label: "Secret", groups: "base.group_system" },
  });

  it("keeps fields of other readers apart, and those of the same readers together", () => {
    expect(partitionFields(model, ["name", "cost", "secret", "margin"])).toEqual([
      { expression: "", fields: ["name"] },
      { expression: "purchase.buyer,purchase.manager", fields: ["cost", "margin"] },
      { expression: "base.group_system", fields: ["secret"] },
    ]);
  });

  it("leaves out a field that the model does not have", () => {
    expect(partitionFields(model, ["constructor", "nothing"])).toEqual([]);
  });
});

describe("requiredGroups", () => {
  it("asks for no group where the field names none", () => {
    expect(requiredGroups(undefined, policy)).toEqual([]);
    expect(requiredGroups("", policy)).toEqual([]);
  });

  it("asks for one of the groups that are named, as far as they exist", () => {
    expect(requiredGroups("purchase.manager,base.group_system", policy)).toEqual([GROUPS.manager, GROUPS.system]);
    expect(requiredGroups("purchase.manager,not.installed", policy)).toEqual([GROUPS.manager]);
  });

  it.each([".", "not.installed", "base.group_no_one", "purchase.buyer,!purchase.manager", "!purchase.manager"])(
    "opens the field to nobody when membership alone cannot say who sees it: %s",
    (expression) => {
      expect(requiredGroups(expression, policy)).toBe("nobody");
    },
  );

  it("ignores the exclusion of a group that nobody can be in", () => {
    expect(requiredGroups("!not.installed", policy)).toEqual([]);
    expect(requiredGroups("purchase.buyer,!base.group_no_one", policy)).toEqual([GROUPS.buyer]);
  });
});
