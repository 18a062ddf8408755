import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { OdooRecord, OdooSource } from "../../infra/odoo/port.ts";
import { openIngestion } from "../../ingest/ingestion.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { odooOfPolicy } from "../support/odoo-of-policy.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTestDatabase, PATIENCE, TEST_DIMENSIONS, type TestDatabase } from "../support/test-database.ts";
import { oneEmbedder } from "../support/one-embedder.ts";

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
}, PATIENCE);
afterAll(() => opened.discard());

/** What befalls the reading of a table that states the policy, each time that it is read. */
type Mishap = (rows: readonly OdooRecord[]) => readonly OdooRecord[];

function odooOf(mishaps: Readonly<Record<string, Mishap>>): OdooSource {
  const whole = odooOfPolicy();
  return {
    ...whole,
    async *records(model, fields, signal, selection) {
      for await (const page of whole.records(model, fields, signal, selection)) yield mishaps[model]?.(page) ?? page;
    },
  };
}

async function synchronise(mishaps: Readonly<Record<string, Mishap>>): Promise<void> {
  const config = { ...readConfig({}), documentsDirectory: "/nowhere" };
  await using ingestion = openIngestion({
    config,
    log: silentLog,
    database: opened.database,
    embedders: oneEmbedder(bagOfWordsEmbedder(TEST_DIMENSIONS)),
    odoo: odooOf(mishaps),
    syncAccount: null,
  });
  await ingestion.synchronise();
}

const latest = async () => (await opened.database.policies.latest())?.epoch ?? null;

function failsAtCall(wanted: number): Mishap {
  let calls = 0;
  return (rows) => {
    calls += 1;
    if (calls === wanted) throw new GroundworkError("odoo-unavailable", "Odoo does not answer.", { retryable: true });
    return rows;
  };
}

/** Someone edits a rule at every moment. */
function changesAlways(): Mishap {
  let calls = 0;
  return (rows) => {
    calls += 1;
    return rows.map((row) => ({ ...row, domain_force: `[('id', '!=', ${calls})]` }));
  };
}

describe("a policy that is read in half", { timeout: PATIENCE }, () => {
  const mishaps = [
    ["because Odoo fails in the middle", () => ({ "ir.rule": failsAtCall(1) }), "odoo-unavailable"],
    [
      "because Odoo fails in the second of the two readings",
      () => ({ "res.users": failsAtCall(2) }),
      "odoo-unavailable",
    ],
    ["because it changes at every reading", () => ({ "ir.rule": changesAlways() }), "odoo-answer"],
  ] as const;

  it.each(mishaps)("%s is never the newest, neither the first nor after a whole one", async (_case, bend, code) => {
    const before = await latest();
    await expect(synchronise(bend())).rejects.toMatchObject({ code });
    expect(await latest()).toBe(before);
    await synchronise({});
    const whole = await latest();
    expect(whole).not.toBeNull();
    await expect(synchronise(bend())).rejects.toMatchObject({ code });
    expect(await latest()).toBe(whole);
  });
});
