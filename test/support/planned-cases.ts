import * as fc from "fast-check";

import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { attributeValues } from "../../permissions/attribute-values.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import type { MirrorRecord, PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { utcDay } from "../../permissions/utc-day.ts";
import { GROUPS, inventedPolicy } from "../permissions/invented-policy.ts";
import { order, sketch } from "../permissions/odoo/invented-rules.ts";

const TODAY = utcDay(new Date("2026-11-22T12:00:00Z"));
const base = inventedPolicy();
const orders = base.models["order"] ?? expectModel();
/** Notes obey the rules of the order that they inherit from, whose attributes they bear under dotted names. */
const notes = {
  ...orders,
  model: "note",
  fields: { ...orders.fields, order_id: { type: "many2one", label: "Order", relation: "order" } },
  inherits: { order: "order_id" },
} as const;

/** A policy, who asks under it, and what that person may then read. */
export interface PlannedCase {
  readonly policy: PolicySnapshot;
  readonly login: string;
  readonly companyIds: readonly number[] | undefined;
  readonly filter: AccessFilter;
}

/** What decides the case, for the message of a test that fails. */
export function describeCase({ policy, login, companyIds, filter }: PlannedCase): string {
  const { recordRules, modelAccess, users, groups, mirror } = policy;
  return JSON.stringify({ login, companyIds, recordRules, modelAccess, users, groups, mirror, filter });
}

const groupIds = Object.values(GROUPS);
const someGroups = fc.subarray(groupIds);

const rule = fc.record({
  model: fc.constantFrom("order", "order", "note"),
  sketch,
  groupIds: fc.oneof({ arbitrary: fc.constant<number[]>([]), weight: 2 }, { arbitrary: someGroups, weight: 3 }),
});

const accessRow = fc.record({
  model: fc.constantFrom("order", "note"),
  groupId: fc.option(fc.constantFrom(...groupIds), { nil: null }),
});

const invented = fc.record({
  implied: fc.array(fc.subarray(groupIds, { maxLength: 2 }), {
    minLength: groupIds.length,
    maxLength: groupIds.length,
  }),
  own: fc.array(someGroups, { minLength: base.users.length, maxLength: base.users.length }),
  modelAccess: fc.array(accessRow, { maxLength: 4 }),
  opened: fc.boolean(),
  rules: fc.array(rule, { maxLength: 5 }),
  projects: fc.subarray([...(base.mirror["project"] ?? [])]),
  tags: fc.subarray([...(base.mirror["tag"] ?? [])]),
  login: fc.constantFrom("bo", "mia", "vera"),
  companies: fc.option(fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1 }), { nil: undefined }),
});

/** Users, groups that imply each other, access rows, rules, a mirror that lags; one of the users asks, in some of the companies. */
export const plannedCase: fc.Arbitrary<PlannedCase> = invented.map((sketched) => {
  const policy = inventedPolicy({
    models: { ...base.models, note: notes },
    ingestedModels: ["order", "note"],
    groups: base.groups.map((group, index) => ({ ...group, impliedIds: sketched.implied[index] ?? [] })),
    users: base.users.map((user, index) => ({ ...user, groupIds: sketched.own[index] ?? [] })),
    modelAccess: sketched.opened
      ? [...sketched.modelAccess, { model: "order", groupId: null }, { model: "note", groupId: null }]
      : sketched.modelAccess,
    recordRules: sketched.rules.map(({ sketch: { text }, ...each }, index) => ({
      ...each,
      id: index,
      name: `rule ${index}`,
      domain: `[${text}]`,
    })),
    mirror: { ...base.mirror, project: sketched.projects, tag: sketched.tags },
  });
  const { login } = sketched;
  const allowed = policy.users.find((user) => user.login === login)?.companyIds ?? [];
  const companies = sketched.companies?.filter((id) => allowed.includes(id)) ?? [];
  const companyIds = companies.length === 0 ? undefined : companies;
  const filter = planAccess(resolvePrincipal(login, policy, companyIds), policy, TODAY);
  return { policy, login, companyIds, filter };
});

const linkedToUnknown = fc.constantFrom<Partial<MirrorRecord>>(
  {},
  {},
  {},
  { project_id: 9 },
  { tag_ids: [9] },
  { tag_ids: [1, 9] },
);

const attributesOfOrder = fc
  .tuple(order, linkedToUnknown)
  .map(([record, links]) => typed({ ...record, ...links } as MirrorRecord));

/** Some attributes may be missing, as when a rule has come to name a field that the record was not ingested with. */
const lossy = (attributes: fc.Arbitrary<Record<string, readonly (string | number | boolean)[]>>) =>
  fc.tuple(attributes, fc.nat({ max: 60 }), fc.nat({ max: 200 })).map(([all, ...lost]) => {
    const names = Object.keys(all);
    return Object.fromEntries(Object.entries(all).filter(([name]) => !lost.some((index) => names[index] === name)));
  });

const partition = fc.constantFrom<AccessAttributes>(
  { requires: [] },
  { requires: [] },
  { requires: [GROUPS.buyer] },
  { requires: [GROUPS.portal, GROUPS.system] },
  {},
);

/** What chunks bear: of orders, of notes on orders, and of files. */
export const inventedAttributes: fc.Arbitrary<AccessAttributes> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(lossy(attributesOfOrder), partition)
      .map(([own, part]) => ({ ...own, ...part, model: ["order"] })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(lossy(attributesOfOrder), lossy(attributesOfOrder), partition).map(([own, parent, part]) => {
      const { id = [], ...others } = parent;
      const dotted = Object.fromEntries(Object.entries(others).map(([name, values]) => [`order_id.${name}`, values]));
      return { ...own, ...dotted, order_id: id, ...part, model: ["note"] };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      model: fc.constant(["file"]),
      readers: fc.subarray(["public", "user:bo", "group:purchase.buyer", "group:base.group_portal"], { maxLength: 2 }),
      companies: fc.subarray(["base.main", "base.other"]),
      from: fc.constantFrom<string[]>([], ["2026-11-22"], ["2026-11-23"]),
      until: fc.constantFrom<string[]>([], ["2026-11-22"], ["2026-11-21"]),
    }),
  },
);

function typed(record: MirrorRecord): Record<string, readonly (string | number | boolean)[]> {
  const entries = Object.entries(record).flatMap(([name, value]) => {
    const type = name === "id" ? "integer" : orders.fields[name]?.type;
    return type === undefined ? [] : [[name, attributeValues(value, type)] as const];
  });
  return Object.fromEntries(entries);
}

function expectModel(): never {
  throw new TypeError("The invented policy has lost its orders.");
}
