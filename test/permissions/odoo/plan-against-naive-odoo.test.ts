import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { ruleFootprint } from "../../../permissions/odoo/rule-footprint.ts";
import { explainPlan, planAccess } from "../../../permissions/plan-access.ts";
import type { MirrorRecord } from "../../../permissions/policy-snapshot.ts";
import { recordAttributes } from "../../../permissions/record-attributes.ts";
import { resolvePrincipal } from "../../../permissions/resolve-principal.ts";
import { GROUPS, inventedPolicy } from "../invented-policy.ts";
import { order, sketch, type Who } from "./invented-rules.ts";
import { NaiveOdoo } from "./naive-odoo.ts";

const rule = fc.record({
  sketch,
  groups: fc.constantFrom<number[][]>([], [GROUPS.buyer], [GROUPS.manager], [GROUPS.portal, GROUPS.user]),
});
const LOGINS = { bo: [10, 100], mia: [11, 101], vera: [12, 103] } as const;

describe("the plan of a model's rules", () => {
  it("lets through exactly the records that Odoo would", () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 4 }),
        fc.constantFrom("bo" as const, "mia" as const, "vera" as const),
        fc.array(order, { minLength: 1, maxLength: 8 }),
        (rules, login, records) => {
          const recordRules = rules.map(({ sketch: one, groups }, index) => ({
            id: index,
            name: `rule ${index}`,
            model: "order",
            groupIds: groups,
            domain: `[${one.text}]`,
          }));
          const policy = inventedPolicy({ recordRules });
          const principal = resolvePrincipal(login, policy);
          const footprint = ruleFootprint(policy, policy.ingestedModels);
          expect(footprint.refused).toEqual([]);
          expect(explainPlan(principal, policy)[0]?.reason).toBeUndefined();
          const filter = planAccess(principal, policy);
          const who: Who = { id: LOGINS[login][0], partner: LOGINS[login][1], companies: principal.companyIds };
          const odoo = new NaiveOdoo(policy);
          const holds = (record: MirrorRecord) => (one: (typeof rules)[number]) =>
            odoo.matches("order", record, one.sketch.domain(who));
          const global = rules.filter(({ groups }) => groups.length === 0);
          const own = rules.filter(({ groups }) => groups.some((id) => principal.groupIds.includes(id)));
          for (const record of records) {
            const expected = global.every(holds(record)) && (own.length === 0 || own.some(holds(record)));
            const attributes = { ...recordAttributes("order", record, footprint), requires: [] };
            expect(evaluateAccess(filter, attributes), JSON.stringify([recordRules, record])).toBe(expected);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("shows nothing of a record of which a deciding attribute is missing", () => {
    fc.assert(
      fc.property(sketch, order, (one, record) => {
        const recordRules = [{ id: 1, name: "rule", model: "order", groupIds: [], domain: `[${one.text}]` }];
        const policy = inventedPolicy({ recordRules });
        const footprint = ruleFootprint(policy, policy.ingestedModels);
        const filter = planAccess(resolvePrincipal("mia", policy), policy);
        const whole = { ...recordAttributes("order", record, footprint), requires: [] };
        for (const missing of footprint.attributes["order"] ?? []) {
          const partial = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing));
          if (evaluateAccess(filter, partial)) expect(evaluateAccess(filter, whole)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
