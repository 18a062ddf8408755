import { parseArgs } from "node:util";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { ingestedModels } from "../../ingest/catalogue.ts";
import { explainPlan, planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { inventedCompany } from "./invented-company.ts";
import { percentileLine } from "./percentiles.ts";

const EPOCHS = 10;

/**
 * `plan`: how long a reader's filter takes, from login to filter, over an invented company; `plan <recording>`: over a recorded Odoo, such
 * as the sample's. Of each of several epochs every user is planned once for the first time and once again. The first epoch warms up.
 */
export async function benchmarkPlanning(options: readonly string[]): Promise<void> {
  const { positionals } = parseArgs({ args: [...options], allowPositionals: true });
  const [recording] = positionals;
  const policy =
    recording === undefined ? inventedCompany() : await readPolicy(openSnapshotSource(recording), ingestedModels());
  process.stdout.write(describePolicy(policy));
  const text = JSON.stringify(policy);
  const [first, uncached, cached]: [number[], number[], number[]] = [[], [], []];
  for (let epoch = 0; epoch <= EPOCHS; epoch += 1) {
    const fresh: PolicySnapshot = { ...(JSON.parse(text) as PolicySnapshot), epoch: `epoch ${epoch}` };
    const logins = rotated(loginsOf(fresh), epoch * 37);
    const [newest = 0, ...others] = logins.map((login) => timePlan(login, fresh));
    const again = logins.map((login) => timePlan(login, fresh));
    if (epoch === 0) continue;
    first.push(newest);
    uncached.push(...others);
    cached.push(...again);
  }
  process.stdout.write(percentileLine("a reader's filter, uncached", uncached));
  process.stdout.write(percentileLine("the first one under a new policy", first));
  process.stdout.write(percentileLine("cached", cached));
}

/** Milliseconds. */
function timePlan(login: string, policy: PolicySnapshot): number {
  const start = performance.now();
  planAccess(resolvePrincipal(login, policy), policy);
  return performance.now() - start;
}

function loginsOf(policy: PolicySnapshot): string[] {
  return policy.users.filter((user) => user.active).map((user) => user.login);
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** What is planned, and that it is: a rule that was refused would cost nothing. */
function describePolicy(policy: PolicySnapshot): string {
  const planned = new Set(policy.ingestedModels);
  const rules = policy.recordRules.filter(({ model }) => planned.has(model)).length;
  const mirrored = Object.values(policy.mirror).reduce((sum, records) => sum + records.length, 0);
  const plans = loginsOf(policy).flatMap((login) => explainPlan(resolvePrincipal(login, policy), policy));
  const share = (outcome: string) =>
    `${Math.round((100 * plans.filter((plan) => plan.outcome === outcome).length) / Math.max(plans.length, 1))} % ${outcome}`;
  return (
    `${rules} rules over ${planned.size} models, ${policy.users.length} users, ${mirrored} mirrored records; ` +
    `plans: ${["always", "conditional", "never"].map(share).join(", ")}\n`
  );
}
