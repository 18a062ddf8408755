import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { ATTACHMENT_MODEL, ingestedModels } from "../../ingest/catalogue.ts";
import { readModel } from "../../ingest/records/read-model.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { RECORD_PREFIX } from "../../permissions/odoo/dependent-models.ts";
import { requiredGroups } from "../../permissions/odoo/field-groups.ts";
import { ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { prefixAttributes } from "../../permissions/record-attributes.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { readVisibleRecords } from "./record-visible.ts";

const SAMPLE = fileURLToPath(new URL("../../infra/sample/odoo.jsonl.gz", import.meta.url));
const truth = readVisibleRecords();
const DEPENDENT: Readonly<Record<string, string>> = { "mail.message": "model", [ATTACHMENT_MODEL]: "res_model" };

let policy: PolicySnapshot;
let access: ReadonlyMap<string, ReadonlyMap<number, AccessAttributes>>;
/** Messages on records of models that are not ingested; nobody finds them, by intent. */
const onOtherModels = new Set<number>();

beforeAll(async () => {
  policy = await readPolicy(openSnapshotSource(SAMPLE), ingestedModels());
  access = await readAccess(policy);
}, 60_000);

describe("what a person of the sample sees", () => {
  it("was recorded of the policy that is recorded", () => {
    expect(truth.epoch).toBe(policy.epoch);
  });

  it.each(truth.cases)(
    "is exactly what Odoo showed $login with companies $companyIds",
    ({ login, companyIds, visible }) => {
      const filter = planAccess(resolvePrincipal(login, policy, companyIds ?? undefined), policy);
      const seen = Object.fromEntries(
        [...access].map(([model, records]) => [
          model,
          [...records].filter(([, attributes]) => evaluateAccess(filter, attributes)).map(([id]) => id),
        ]),
      );
      // To people without HR rights Odoo answers for hr.employee with the public profiles, which are ingested as a model of their own.
      if (seen["hr.employee"]?.length === 0) seen["hr.employee"] = seen["hr.employee.public"] ?? [];
      const expected = Object.fromEntries(Object.entries(visible).map(([model, ids]) => [model, ids ?? []]));
      expected["mail.message"] = expected["mail.message"]?.filter((id) => !onOtherModels.has(id)) ?? [];
      expect(seen).toEqual(expected);
    },
  );
});

describe("the fields that a person of the sample sees", () => {
  const byLogin = truth.cases.filter(({ companyIds }) => companyIds === null);

  it.each(byLogin)("are exactly those that Odoo told $login", ({ login, hiddenFields }) => {
    const { groupIds } = resolvePrincipal(login, policy);
    for (const [model, hidden] of Object.entries(hiddenFields)) {
      if (model === "hr.employee" && hiddenByProfile(login, hidden)) continue;
      const fields = policy.models[model]?.fields ?? {};
      const closed = Object.keys(fields).filter((name) => {
        const required = requiredGroups(fields[name]?.groups, policy);
        return required === "nobody" || (required.length > 0 && !required.some((id) => groupIds.includes(id)));
      });
      expect(closed.sort(), model).toEqual([...hidden].sort());
    }
  });
});

/** Odoo shows the profile instead, whose fields are those of `hr.employee.public`. */
function hiddenByProfile(login: string, hidden: readonly string[]): boolean {
  return hidden.length > 0 && !resolvePrincipal(login, policy).groupNames.includes("hr.group_hr_user");
}

/** The attributes of every ingested record, as ingestion gives them to the part that holds its open fields. */
async function readAccess(policy: PolicySnapshot): Promise<Map<string, Map<number, AccessAttributes>>> {
  const context = { odoo: openSnapshotSource(SAMPLE), policy, footprint: ruleFootprint(policy, ingestedModels()) };
  const found = new Map<string, Map<number, AccessAttributes>>();
  const models = [...ingestedModels()].sort(
    (a, b) => Number(Object.hasOwn(DEPENDENT, a)) - Number(Object.hasOwn(DEPENDENT, b)),
  );
  for (const model of models) {
    const records = new Map<number, AccessAttributes>();
    found.set(model, records);
    const modelField = DEPENDENT[model];
    for await (const page of readModel(model, modelField === undefined ? [] : [modelField, "res_id"], context)) {
      for (const { record, access: own } of page) {
        const on = text(modelField === undefined ? undefined : record[modelField]);
        const target = found.get(on)?.get(Number(record["res_id"]));
        if (model === "mail.message" && !models.includes(on)) onOtherModels.add(record.id);
        records.set(record.id, { ...own, ...prefixAttributes(RECORD_PREFIX, target ?? {}), requires: [] });
      }
    }
  }
  return found;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
