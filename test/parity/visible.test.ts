import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccessIndex, openAccessIndex } from "../../eval/parity/access-index.ts";
import { readConfig } from "../../infra/config.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { modelChoice } from "../../ingest/model-choice.ts";
import { readAllAccess } from "../../ingest/records/read-access.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { readablePartitions } from "../../permissions/odoo/readable-partitions.ts";
import { ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { readVisibleRecords } from "./record-visible.ts";

const SAMPLE = fileURLToPath(new URL("../../infra/sample/odoo.jsonl.gz", import.meta.url));
const truth = readVisibleRecords();

let policy: PolicySnapshot;
let access: ReadonlyMap<string, ReadonlyMap<number, AccessAttributes>>;

beforeAll(async () => {
  const odoo = openSnapshotSource(SAMPLE);
  policy = await readPolicy(odoo, modelChoice());
  access = await readAllAccess({ odoo, policy, footprint: ruleFootprint(policy, policy.ingestedModels) });
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
      const expected = Object.fromEntries(Object.entries(visible).map(([model, ids]) => [model, ids ?? []]));
      expect(seen).toEqual(expected);
    },
  );
});

const { TEST_DATABASE_URL = "", QDRANT_URL = "" } = process.env;
const servers = [
  ["the embedded index", {}],
  ["a Postgres (set TEST_DATABASE_URL)", TEST_DATABASE_URL === "" ? null : { databaseUrl: TEST_DATABASE_URL }],
  ["a Qdrant (set QDRANT_URL)", QDRANT_URL === "" ? null : { qdrant: readConfig({ QDRANT_URL }).qdrant }],
] as const;

describe.each(servers)("what %s lets through for a person of the sample", (_name, stores) => {
  let index: AccessIndex | undefined;

  beforeAll(async () => {
    if (stores !== null) index = await openAccessIndex(access, stores);
  }, 60_000);

  afterAll(() => index?.[Symbol.asyncDispose]());

  it.skipIf(stores === null).each(truth.cases)(
    "is exactly what Odoo showed $login with companies $companyIds",
    async ({ login, companyIds, visible }) => {
      const filter = planAccess(resolvePrincipal(login, policy, companyIds ?? undefined), policy);
      const seen = [...((await index?.admitted(filter)) ?? [])].map(([model, ids]) => [model, [...ids]]);
      const expected = Object.fromEntries(Object.entries(visible).map(([model, ids]) => [model, ids ?? []]));
      expect(Object.fromEntries(seen)).toEqual(expected);
    },
  );
});

describe("the fields that a person of the sample sees", () => {
  const byLogin = truth.cases.filter(({ companyIds }) => companyIds === null);

  it.each(byLogin)("are exactly those that Odoo told $login", ({ login, hiddenFields }) => {
    const { groupIds } = resolvePrincipal(login, policy);
    for (const [model, hidden] of Object.entries(hiddenFields)) {
      const description = policy.models[model];
      if (description === undefined) continue;
      const names = Object.keys(description.fields);
      const visible = readablePartitions(description, names, policy)
        .filter(({ requires }) => requires.length === 0 || requires.some((id) => groupIds.includes(id)))
        .flatMap(({ fields }) => fields);
      const open = new Set(visible);
      // Odoo lists this field to people without HR rights, and then does not let them read it.
      const told = model === "hr.employee" && !open.has("current_version_id") ? ["current_version_id"] : [];
      const closed = names.filter((name) => !open.has(name) && !told.includes(name));
      expect(closed.sort(), model).toEqual([...hidden].sort());
    }
  });
});
