import { parseArgs } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import { processEnvironment, readConfig } from "../../infra/config.ts";
import { readLockOwner } from "../../infra/db/directory-lock.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openOdooClient } from "../../infra/odoo/open-odoo-client.ts";
import { type Scenario, setRevocationStage } from "./revocation-scenarios.ts";

/** Answers are asked for this often. */
const EVERY_MS = 40;
/** No answer for so long means that the record is gone for good. */
const QUIET_MS = 2_500;
const PATIENCE_MS = 120_000;

/**
 * `npm run bench -- revocation [--rounds 10]`: how long after the commit in Odoo an answer still shows what was revoked, through the whole
 * product: a running server (`npm start`) that follows the live Odoo of `ODOO_URL`, found by `DATA_DIR`. `ODOO_WRITER_KEY` is the key of an
 * administrator of that Odoo: a reader and some leads are made, changed back and forth and removed again.
 */
export async function benchmarkRevocation(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { rounds: { type: "string", default: "10" } } });
  const config = readConfig(processEnvironment());
  const apiKey = process.env["ODOO_WRITER_KEY"];
  if (config.odoo.kind !== "live" || apiKey === undefined) {
    throw new GroundworkError("configuration", "Set ODOO_URL, ODOO_DATABASE, ODOO_API_KEY and ODOO_WRITER_KEY.");
  }
  const search = searcher(config.dataDirectory);
  const odoo = openOdooClient({ ...config.odoo, apiKey, login: process.env["ODOO_WRITER_LOGIN"] });
  const stage = await setRevocationStage(odoo);
  try {
    const all: number[] = [];
    for (const scenario of stage.scenarios) {
      const revoked: number[] = [];
      const granted: number[] = [];
      for (let round = 0; round < Number(values.rounds); round++) {
        granted.push(await untilShown(scenario, () => search(stage.login, scenario.record)));
        revoked.push(await untilGone(scenario, () => search(stage.login, scenario.record)));
      }
      await scenario.grant();
      all.push(...revoked);
      print(scenario.name, revoked, granted);
    }
    print("all", all, []);
  } finally {
    await stage.strike();
  }
}

/** Milliseconds from the commit that grants to the first answer that shows the record. */
async function untilShown(scenario: Scenario, isShown: () => Promise<boolean>): Promise<number> {
  await scenario.grant();
  const committed = performance.now();
  while (!(await isShown())) {
    if (performance.now() - committed > PATIENCE_MS) {
      throw new GroundworkError("internal", `${scenario.name}: the record was not shown in time.`);
    }
    await wait(EVERY_MS);
  }
  return performance.now() - committed;
}

/** Milliseconds from the commit that revokes to the end of the last answer that shows the record. */
async function untilGone(scenario: Scenario, isShown: () => Promise<boolean>): Promise<number> {
  await scenario.revoke();
  const committed = performance.now();
  let last = committed;
  while (performance.now() - last < QUIET_MS) {
    if (await isShown()) last = performance.now();
    if (last - committed > PATIENCE_MS) {
      throw new GroundworkError("internal", `${scenario.name}: the record was still shown after two minutes.`);
    }
    await wait(EVERY_MS);
  }
  return last - committed;
}

/** Asks the running server as a login whether the record is found. A reader who is refused is shown nothing. */
function searcher(dataDirectory: string): (login: string, record: Scenario["record"]) => Promise<boolean> {
  const owner = readLockOwner(dataDirectory);
  if (owner === null) throw new GroundworkError("configuration", "No server runs over DATA_DIR; start one.");
  const { url, operatorKey } = owner.payload as { url: string; operatorKey: string };
  return async (login, { model, id, words }) => {
    const response = await fetch(new URL("/v1/search", url), {
      method: "POST",
      headers: {
        authorization: `Bearer ${operatorKey}`,
        "x-groundwork-as": login,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query: words, models: [model], limit: 20 }),
    });
    const { hits = [] } = (await response.json()) as { hits?: { model: string; recordId: number }[] };
    return hits.some((hit) => hit.model === model && hit.recordId === id);
  };
}

function print(name: string, revoked: readonly number[], granted: readonly number[]): void {
  const parts = [line("gone", revoked), line("shown", granted)].filter((part) => part !== "");
  process.stdout.write(`${name.padEnd(18)} ${String(revoked.length).padStart(4)} × ${parts.join("; ")}\n`);
}

function line(what: string, times: readonly number[]): string {
  if (times.length === 0) return "";
  const [median, slow, slowest, longest] = [0.5, 0.95, 0.99, 1].map((share) => at(times, share));
  return `${what} p50 ${median} s, p95 ${slow} s, p99 ${slowest} s, longest ${longest} s`;
}

function at(times: readonly number[], share: number): string {
  const sorted = times.toSorted((left, right) => left - right);
  return ((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0) / 1000).toFixed(2);
}
