import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessAttributes, AccessScalar } from "../../permissions/access-attributes.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { explainAccess } from "../../permissions/explain-access.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot, RecordRule } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import type { IsoDay } from "../../permissions/utc-day.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "./invented-policy.ts";

const DAY = "2026-11-20" as IsoDay;

const scalar = fc.constantFrom<AccessScalar[]>(0, 1, 2, 3, 10, 11, 100, 101, true, false, "order", "user_notification");
const few = fc.uniqueArray(scalar, { maxLength: 2 });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 25 });

const fields = ["company_id", "user_id", "level", "tag_ids", "order_id", "order_id.company_id", "order_id.level"];
const files = {
  readers: fc.subarray(["public", "user:bo", "group:purchase.buyer", "group:never"], { maxLength: 2 }),
  companies: fc.subarray(["base.main", "base.other", "never"]),
  from: fc.constantFrom<string[]>([], ["2026-11-20"], ["2026-11-21"]),
  until: fc.constantFrom<string[]>([], ["2026-11-20"], ["2026-11-19"]),
};
const dependent = {
  author_id: few,
  partner_ids: few,
  notified_partner_ids: few,
  message_type: fc.constantFrom<string[]>(["comment"], ["user_notification"]),
  is_internal: fc.boolean().map((value) => [value]),
  subtype_id: few,
  res_field: fc.constantFrom<string[]>([], [], ["image"]),
  public: fc.boolean().map((value) => [value]),
  res_id: fc.constantFrom([0], [5], [10]),
  res_model: fc.constantFrom(["order"], ["res.users"]),
  create_uid: few,
};
const MODELS = ["order", "variant", "loop", "hr.employee", "mail.message", "ir.attachment", "mail.activity", "absent"];
const model = fc.constantFrom(...MODELS, "file").map((name) => [name]);
const own = { ...Object.fromEntries(fields.map((name) => [name, few])), ...dependent, ...files, model };
const prefixed = (prefix: string, names: Readonly<Record<string, fc.Arbitrary<readonly AccessScalar[]>>>) =>
  Object.fromEntries(Object.entries(names).map(([name, values]) => [`${prefix}${name}`, values]));
const everything = {
  ...own,
  ...prefixed("record.", own),
  ...prefixed("record.record.", own),
  requires: fc.constantFrom<number[]>([], [], [GROUPS.buyer], [GROUPS.manager, GROUPS.system]),
};
const attributes: fc.Arbitrary<AccessAttributes> = fc
  .record(
    Object.fromEntries(
      Object.entries(everything).map(([name, values]) => [name, maybe<readonly AccessScalar[]>(values)]),
    ),
  )
  .map((held) =>
    Object.fromEntries(
      Object.entries(held).flatMap(([name, values]) => (values === undefined ? [] : [[name, values]])),
    ),
  );

const domain = fc.constantFrom(
  "[(1, '=', 1)]",
  "[(0, '=', 1)]",
  "[('company_id', 'in', company_ids + [False])]",
  "['|', ('user_id', '=', user.id), ('level', '>', 1)]",
  "[('tag_ids', 'not in', [1])]",
  "[('id', 'in', [1, 2, 3])]",
  "[('project_id.manager_id', '=', user.id)]",
  "[('user_id', '=', uid)]",
  "[('nothing', '=', 1)]",
  "not a domain",
);
const inventedRule = fc.record({
  domain,
  model: fc.constantFrom(
    "order",
    "order",
    "variant",
    "hr.employee",
    "hr.employee.public",
    "mail.message",
    "ir.attachment",
  ),
  groupIds: fc.constantFrom<number[]>(
    [],
    [GROUPS.user],
    [GROUPS.buyer],
    [GROUPS.manager],
    [GROUPS.portal, GROUPS.buyer],
  ),
});
const anyone = {
  model: fc.constantFrom(...MODELS, "hr.employee.public"),
  groupId: fc.constantFrom(null, null, null, GROUPS.buyer, GROUPS.portal),
};

function inventedWorld(
  rules: readonly Omit<RecordRule, "id" | "name">[],
  access: PolicySnapshot["modelAccess"],
  ingested: readonly string[],
) {
  const base = inventedPolicy();
  const order = base.models["order"] as PolicySnapshot["models"][string];
  const like = (name: string) => ({ ...order, model: name });
  return inventedPolicy({
    models: {
      ...base.models,
      ...Object.fromEntries(
        ["hr.employee", "hr.employee.public", "mail.message", "ir.attachment", "mail.activity"].map((name) => [
          name,
          like(name),
        ]),
      ),
      variant: {
        ...describeModel("variant", { order_id: ">order", level: "integer" }),
        inherits: { order: "order_id" },
      },
      loop: { ...describeModel("loop", { order_id: ">loop" }), inherits: { loop: "order_id" } },
    },
    modelAccess: access,
    recordRules: rules.map((one, index) => ({ ...one, id: index, name: `rule ${index}` })),
    ingestedModels: ingested,
    hostModels: ["variant"],
  });
}

describe("the findings", () => {
  it("come to the planner's verdict, whatever the policy and the record", () => {
    let [readable, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(inventedRule, { maxLength: 5 }),
        fc.array(fc.record(anyone), { minLength: 8, maxLength: 24 }),
        fc.subarray(
          MODELS.filter((name) => name !== "absent"),
          { minLength: 4 },
        ),
        fc.constantFrom("bo", "mia", "vera", "gone"),
        fc.array(attributes, { minLength: 1, maxLength: 6 }),
        (rules, access, ingested, login, records) => {
          const policy = inventedWorld(rules, access, ingested);
          const parts = records.map((held, index) => ({ part: String(index), attributes: held }));
          const explanation = explainAccess({ login, parts, day: DAY }, policy);
          const verdicts = explanation.parts.flatMap((group) => group.verdicts);
          expect(verdicts).toHaveLength(parts.length);
          for (const { part, readable: isReadable, agrees } of verdicts) {
            const held = records[Number(part)] ?? {};
            const expected =
              login !== "gone" && evaluateAccess(planAccess(resolvePrincipal(login, policy), policy, DAY), held);
            expect(isReadable).toBe(expected);
            expect(agrees, JSON.stringify([explanation, held])).toBe(true);
            if (isReadable) readable += 1;
            else refused += 1;
          }
        },
      ),
      { numRuns: 700 },
    );
    // Otherwise the property would hold of nothing.
    expect(Math.min(readable, refused)).toBeGreaterThan(200);
  });
});
