import type {
  FieldDescription,
  GroupPolicy,
  MirrorRecord,
  ModelDescription,
  PolicySnapshot,
  RecordRule,
  UserPolicy,
} from "../../permissions/policy-snapshot.ts";

/** Models whose access is planned; every fourth is of lines. */
const MODELS = 40;
const RULES = 300;
const USERS = 200;
const PORTAL_USERS = 40;
const PARTNERS = 3_000;
const ORDERS = 3_000;
const EMPLOYEES = 400;
const DEPARTMENTS = 40;
const PROJECTS = 200;
const COMPANIES = 6;

const INTERNAL = 1;
const PORTAL = 2;
/** Of each application a user's group, which implies the internal one, and a manager's, which implies the user's. */
const APPLICATIONS = 12;
const userGroup = (application: number) => 10 + 2 * application;
const managerGroup = (application: number) => 11 + 2 * application;

interface RulePattern {
  readonly who: "all" | "internal" | "portal" | "user" | "manager";
  readonly domain: string;
  /** What a line asks of its order instead. */
  readonly ofLine?: string;
}

/** The rules that applications bring for a model, written as Odoo's own are. */
const RULE_PATTERNS: readonly RulePattern[] = [
  { who: "all", domain: "[('company_id', 'in', company_ids + [False])]" },
  {
    who: "user",
    domain: "['|', ('user_id', '=', user.id), ('user_id', '=', False)]",
    ofLine: "['|', ('order_id.user_id', '=', user.id), ('order_id.user_id', '=', False)]",
  },
  {
    who: "portal",
    domain: "[('partner_id', 'child_of', [user.commercial_partner_id.id]), ('state', 'not in', ('draft', 'cancel'))]",
    ofLine: "[('order_id.partner_id', 'child_of', [user.commercial_partner_id.id])]",
  },
  { who: "manager", domain: "[(1, '=', 1)]" },
  {
    who: "user",
    domain: "[('state', 'in', ('sent', 'done'))]",
    ofLine: "[('order_id.state', 'in', ('sent', 'done')), ('user_id', '=', user.id)]",
  },
  {
    who: "internal",
    domain:
      "['|', '|', '|', ('employee_id.user_id', '=', user.id), ('employee_id.department_id.manager_id.user_id', '=', user.id), " +
      "('employee_id', 'child_of', user.employee_ids.ids), ('employee_id.parent_id.user_id', '=', user.id)]",
  },
  {
    who: "portal",
    domain: "['|', ('partner_id', '=', user.partner_id.id), ('watcher_ids', 'in', [user.partner_id.id])]",
  },
  {
    who: "internal",
    domain:
      "['|', ('project_id.privacy', '!=', 'followers'), '|', ('project_id.follower_ids', 'in', [user.partner_id.id]), ('user_id', '=', user.id)]",
  },
  { who: "user", domain: "['!', ('project_id.follower_ids', 'any', [('company_id', 'not in', company_ids)])]" },
  { who: "all", domain: "['|', ('company_id', '=', False), ('company_id', 'parent_of', company_ids)]" },
];

/** A policy of the size that planning must be quick for; the same at every call. */
export function inventedCompany(): PolicySnapshot {
  const models = [...Array(MODELS).keys()].map((index) => `invented.document.${index}`);
  return {
    epoch: "invented",
    takenAt: "2026-11-22T08:00:00Z",
    source: "invented",
    groups: groups(),
    users: range(USERS).map(user),
    companies: range(COMPANIES).map((index) => ({
      id: index + 1,
      externalId: `base.company_${index + 1}`,
      name: `Company ${index + 1}`,
      parentId: index < 3 ? null : index - 2,
      currency: "EUR",
    })),
    modelAccess: models.flatMap((model, index) =>
      [userGroup(index % APPLICATIONS), INTERNAL, PORTAL].map((groupId) => ({ model, groupId })),
    ),
    recordRules: range(RULES).map((index) => rule(index, models)),
    models: Object.fromEntries([...models.map(documentModel), ...RELATED].map((each) => [each.model, each])),
    ingestedModels: models,
    mirror: mirror(),
  };
}

function group(id: number, name: string, impliedIds: number[]): GroupPolicy {
  return { id, name, label: name, impliedIds };
}

function groups(): GroupPolicy[] {
  return [
    group(INTERNAL, "base.group_user", []),
    group(PORTAL, "base.group_portal", []),
    ...range(APPLICATIONS).flatMap((application) => [
      group(userGroup(application), `application_${application}.group_user`, [INTERNAL]),
      group(managerGroup(application), `application_${application}.group_manager`, [userGroup(application)]),
    ]),
  ];
}

function user(index: number): UserPolicy {
  const isPortal = index < PORTAL_USERS;
  const companyIds = isPortal ? [1] : range(1 + (index % 4)).map((offset) => 1 + ((index + offset) % COMPANIES));
  return {
    id: index + 1,
    login: `user-${index}`,
    name: `User ${index}`,
    active: true,
    partnerId: index + 1,
    groupIds: isPortal ? [PORTAL] : range(APPLICATIONS).map((application) => groupOf(index, application)),
    companyId: companyIds[0] ?? 1,
    companyIds: companyIds.toSorted((left, right) => left - right),
  };
}

/** Nearly everybody has some right in most applications, and a tenth of these are managers'. */
function groupOf(index: number, application: number): number {
  const mark = (index * 31 + application * 17) % 10;
  if (mark < 3) return INTERNAL;
  return mark === 9 ? managerGroup(application) : userGroup(application);
}

function rule(index: number, models: readonly string[]): RecordRule {
  const place = index % models.length;
  const pattern = RULE_PATTERNS[(Math.floor(index / models.length) + place) % RULE_PATTERNS.length] ?? RULE_PATTERNS[0];
  const application = place % APPLICATIONS;
  const groupIds = {
    all: [],
    internal: [INTERNAL],
    portal: [PORTAL],
    user: [userGroup(application)],
    manager: [managerGroup(application)],
  }[pattern?.who ?? "all"];
  const domain = (place % 4 === 0 ? pattern?.ofLine : undefined) ?? pattern?.domain ?? "[]";
  return {
    id: index + 1,
    name: `Rule ${index}`,
    model: models[place] ?? "",
    groupIds,
    domain,
  };
}

function described(model: string, fields: Readonly<Record<string, FieldDescription>>): ModelDescription {
  return { model, label: model, fields, inherits: {}, parentField: "parent_id" };
}

function link(relation: string): FieldDescription {
  return { type: "many2one", label: relation, relation };
}

const STATE: FieldDescription = { type: "selection", label: "State" };

function documentModel(model: string): ModelDescription {
  return described(model, {
    company_id: link("res.company"),
    user_id: link("res.users"),
    partner_id: link("res.partner"),
    order_id: link("sale.order"),
    employee_id: link("hr.employee"),
    project_id: link("project.project"),
    watcher_ids: { type: "many2many", label: "Watchers", relation: "res.partner" },
    state: STATE,
  });
}

const RELATED = [
  described("res.company", { parent_id: link("res.company") }),
  described("res.partner", {
    parent_id: link("res.partner"),
    commercial_partner_id: link("res.partner"),
    company_id: link("res.company"),
  }),
  {
    ...described("res.users", { partner_id: link("res.partner"), commercial_partner_id: link("res.partner") }),
    inherits: { "res.partner": "partner_id" },
  },
  described("sale.order", { user_id: link("res.users"), partner_id: link("res.partner"), state: STATE }),
  described("hr.employee", {
    user_id: link("res.users"),
    parent_id: link("hr.employee"),
    department_id: link("hr.department"),
    company_id: link("res.company"),
    active: { type: "boolean", label: "Active" },
  }),
  described("hr.department", { manager_id: link("hr.employee") }),
  described("project.project", {
    privacy: { type: "selection", label: "Privacy" },
    follower_ids: { type: "many2many", label: "Followers", relation: "res.partner" },
  }),
];

/** A sixth are companies of their own, the others their contacts. */
function parentPartner(index: number): number | null {
  return index < 500 ? null : 1 + (index % 500);
}

function mirror(): Record<string, readonly MirrorRecord[]> {
  const company = (index: number) => (index % 5 === 0 ? null : 1 + (index % COMPANIES));
  return {
    "res.company": range(COMPANIES).map((index) => ({ id: index + 1, parent_id: index < 3 ? null : index - 2 })),
    "res.partner": range(PARTNERS).map((index) => ({
      id: index + 1,
      parent_id: parentPartner(index),
      commercial_partner_id: parentPartner(index) ?? index + 1,
      company_id: company(index),
    })),
    "res.users": range(USERS).map((index) => ({ id: index + 1, partner_id: index + 1 })),
    "sale.order": range(ORDERS).map((index) => ({
      id: index + 1,
      user_id: index % 7 === 0 ? null : 1 + (index % USERS),
      partner_id: 1 + ((index * 7) % PARTNERS),
      state: ["draft", "sent", "done", "cancel"][index % 4] ?? null,
    })),
    "hr.employee": range(EMPLOYEES).map((index) => ({
      id: index + 1,
      user_id: index < USERS ? index + 1 : null,
      parent_id: index === 0 ? null : 1 + Math.floor(index / 6),
      department_id: 1 + (index % DEPARTMENTS),
      company_id: 1 + (index % COMPANIES),
      active: index % 20 !== 19,
    })),
    "hr.department": range(DEPARTMENTS).map((index) => ({ id: index + 1, manager_id: 1 + index * 5 })),
    "project.project": range(PROJECTS).map((index) => ({
      id: index + 1,
      privacy: ["followers", "employees", "portal"][index % 3] ?? null,
      follower_ids: range(8).map((offset) => 1 + ((index * 13 + offset * 29) % USERS)),
    })),
  };
}

function range(length: number): number[] {
  return [...Array(length).keys()];
}
