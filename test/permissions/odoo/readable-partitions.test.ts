import { describe, expect, it } from "vitest";
import { readablePartitions } from "../../../permissions/odoo/readable-partitions.ts";
import type { FieldDescription, ModelDescription } from "../../../permissions/policy-snapshot.ts";
import { GROUPS, inventedPolicy } from "../invented-policy.ts";

function model(name: string, fields: Readonly<Record<string, string | undefined>>): ModelDescription {
  const described = Object.entries(fields).map(([field, groups]): [string, FieldDescription] => [
    field,
    { type: "char", label: field, ...(groups === undefined ? {} : { groups }) },
  ]);
  return { model: name, label: name, fields: Object.fromEntries(described), inherits: {}, parentField: "parent_id" };
}

const base = inventedPolicy();
const nameOf = (id: number) => base.groups.find((group) => group.id === id)?.name ?? "";
const employee = model("hr.employee", {
  name: undefined,
  phone: undefined,
  pin: nameOf(GROUPS.manager),
  code: undefined,
});
const profile = model("hr.employee.public", { name: undefined, phone: nameOf(GROUPS.manager) });
const policy = inventedPolicy({
  models: { "hr.employee": employee, "hr.employee.public": profile },
  modelAccess: [{ model: "hr.employee", groupId: GROUPS.manager }],
});

describe("the fields of a model with a public twin", () => {
  it("are open where the twin shows them to everybody, and otherwise for those with a right to the model", () => {
    expect(readablePartitions(employee, ["name", "phone", "code", "pin"], policy)).toEqual([
      { key: "main", requires: [], fields: ["name"] },
      { key: "main inner", requires: [GROUPS.manager], fields: ["phone", "code"] },
      { key: nameOf(GROUPS.manager), requires: [GROUPS.manager], fields: ["pin"] },
    ]);
  });

  it("are for nobody when their groups and the right to the model share no member for certain", () => {
    const odd = model("hr.employee", { salary: nameOf(GROUPS.portal) });
    expect(readablePartitions(odd, ["salary"], policy)).toEqual([]);
  });

  it("are all open when everybody has a right to the model", () => {
    const open = { ...policy, modelAccess: [{ model: "hr.employee", groupId: null }] };
    expect(readablePartitions(employee, ["name", "code"], open)).toEqual([
      { key: "main", requires: [], fields: ["name", "code"] },
    ]);
  });
});

describe("the fields of a task", () => {
  it("that readers from outside do not see are for employees", () => {
    const task = model("project.task", { name: undefined, allocated_hours: undefined });
    expect(readablePartitions(task, ["name", "allocated_hours"], policy)).toEqual([
      { key: "main", requires: [], fields: ["name"] },
      { key: "main inner", requires: [GROUPS.user], fields: ["allocated_hours"] },
    ]);
  });
});

describe("the fields of any other model", () => {
  it("are parted by their groups alone", () => {
    const order = model("order", { name: undefined, margin: nameOf(GROUPS.manager) });
    expect(readablePartitions(order, ["name", "margin"], policy)).toEqual([
      { key: "main", requires: [], fields: ["name"] },
      { key: nameOf(GROUPS.manager), requires: [GROUPS.manager], fields: ["margin"] },
    ]);
  });
});
