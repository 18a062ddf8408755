import type {
  FieldDescription,
  FieldType,
  ModelDescription,
  PolicySnapshot,
} from "../../permissions/policy-snapshot.ts";

/** A field as tests write it: its type, or the model that a many2one or a many2many leads to. */
export type FieldSketch = FieldType | `>${string}` | `>>${string}` | FieldDescription;

export function describe(model: string, sketches: Readonly<Record<string, FieldSketch>>): ModelDescription {
  const fields = Object.entries(sketches).map(([name, sketch]) => [name, describeSketch(name, sketch)] as const);
  return { model, label: model, fields: Object.fromEntries(fields), inherits: {}, parentField: "parent_id" };
}

function describeSketch(label: string, sketch: FieldSketch): FieldDescription {
  if (typeof sketch !== "string") return sketch;
  if (sketch.startsWith(">>")) return { label, type: "many2many", relation: sketch.slice(2) };
  if (sketch.startsWith(">")) return { label, type: "many2one", relation: sketch.slice(1) };
  return { label, type: sketch as FieldType };
}

export const GROUPS = { user: 1, buyer: 2, manager: 3, portal: 4, system: 5 } as const;

/**
 * Two companies and a branch (3, of 1); `bo` buys for company 1, `mia` manages both companies and the branch, `vera` is a portal user,
 * `gone` is archived. A manager is a buyer, a buyer an internal user, and, as in life, the implications run in a circle.
 */
export function inventedPolicy(changes: Partial<PolicySnapshot> = {}): PolicySnapshot {
  const models = [
    describe("order", {
      state: "selection",
      user_id: ">res.users",
      company_id: ">res.company",
      partner_id: ">res.partner",
      project_id: ">project",
      tag_ids: ">>tag",
      watcher_ids: ">>res.partner",
      amount: "monetary",
      level: "integer",
      urgent: "boolean",
      reference: "char",
      due: "date",
      sent_at: "datetime",
    }),
    describe("project", {
      visibility: "selection",
      manager_id: ">res.users",
      follower_ids: ">>res.partner",
      active: "boolean",
    }),
    describe("tag", { name: "char", color: "integer" }),
    describe("res.partner", { parent_id: ">res.partner", commercial_partner_id: ">res.partner", name: "char" }),
    describe("res.company", { parent_id: ">res.company" }),
    {
      ...describe("res.users", {
        partner_id: ">res.partner",
        company_id: ">res.company",
        department_id: ">department",
        commercial_partner_id: ">res.partner",
      }),
      inherits: { "res.partner": "partner_id" },
    },
    describe("res.groups", {}),
    describe("department", { manager_id: ">res.users" }),
    describe("hr.employee", {
      user_id: ">res.users",
      company_id: ">res.company",
      active: "boolean",
      parent_id: ">hr.employee",
    }),
    describe("mail.message.subtype", { internal: "boolean" }),
  ];
  const described = Object.fromEntries(models.map((model) => [model.model, model]));
  return {
    epoch: "epoch-1",
    takenAt: "2026-11-20T08:00:00Z",
    source: "invented",
    groups: [
      { id: GROUPS.user, name: "base.group_user", label: "Internal", impliedIds: [] },
      { id: GROUPS.buyer, name: "purchase.buyer", label: "Buyer", impliedIds: [GROUPS.user] },
      { id: GROUPS.manager, name: "purchase.manager", label: "Manager", impliedIds: [GROUPS.buyer, GROUPS.manager] },
      { id: GROUPS.portal, name: "base.group_portal", label: "Portal", impliedIds: [] },
      { id: GROUPS.system, name: "base.group_system", label: "Settings", impliedIds: [GROUPS.user] },
    ],
    users: [
      {
        id: 10,
        login: "bo",
        name: "Bo",
        active: true,
        partnerId: 100,
        groupIds: [GROUPS.buyer],
        companyId: 1,
        companyIds: [1],
      },
      {
        id: 11,
        login: "mia",
        name: "Mia",
        active: true,
        partnerId: 101,
        groupIds: [GROUPS.manager],
        companyId: 1,
        companyIds: [1, 2, 3],
      },
      {
        id: 12,
        login: "vera",
        name: "Vera",
        active: true,
        partnerId: 103,
        groupIds: [GROUPS.portal],
        companyId: 1,
        companyIds: [1],
      },
      {
        id: 13,
        login: "gone",
        name: "Gone",
        active: false,
        partnerId: 104,
        groupIds: [GROUPS.buyer],
        companyId: 1,
        companyIds: [1],
      },
    ],
    companies: [
      { id: 1, externalId: "base.main", name: "Main", parentId: null, currency: "USD" },
      { id: 2, externalId: "base.other", name: "Other", parentId: null, currency: "EUR" },
      { id: 3, externalId: "base.branch", name: "Branch", parentId: 1, currency: "USD" },
    ],
    modelAccess: [{ model: "order", groupId: null }],
    recordRules: [],
    models: described,
    ingestedModels: ["order"],
    mirror: {
      project: [
        { id: 1, visibility: "employees", manager_id: 10, follower_ids: [100], active: true },
        { id: 2, visibility: "followers", manager_id: 11, follower_ids: [101, 103], active: false },
        { id: 3, visibility: null, manager_id: null, follower_ids: [], active: true },
      ],
      tag: [
        { id: 1, name: "Red tape", color: 1 },
        { id: 2, name: "blue", color: 0 },
        { id: 3, name: null, color: null },
      ],
      "res.company": [
        { id: 1, parent_id: null },
        { id: 2, parent_id: null },
        { id: 3, parent_id: 1 },
      ],
      "res.partner": [
        { id: 100, parent_id: null, commercial_partner_id: 100, name: "Bo" },
        { id: 101, parent_id: null, commercial_partner_id: 101, name: "Mia" },
        { id: 102, parent_id: null, commercial_partner_id: 102, name: "Voltaris" },
        { id: 103, parent_id: 102, commercial_partner_id: 102, name: "Vera" },
        { id: 104, parent_id: 103, commercial_partner_id: 102, name: "Below Vera" },
      ],
      "res.users": [
        { id: 10, department_id: 1 },
        { id: 11, department_id: null },
        { id: 12, department_id: null },
      ],
      department: [{ id: 1, manager_id: 11 }],
      "hr.employee": [
        { id: 1, user_id: 10, company_id: 1, active: true, parent_id: 2 },
        { id: 2, user_id: 11, company_id: 1, active: true, parent_id: null },
        { id: 3, user_id: 11, company_id: 2, active: true, parent_id: null },
        { id: 4, user_id: 10, company_id: 1, active: false, parent_id: null },
      ],
      "mail.message.subtype": [
        { id: 1, internal: false },
        { id: 2, internal: true },
      ],
    },
    ...changes,
  };
}
