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
  const [first, uncached, cached]: [Duration[], Duration[], Duration[]] = [[], [], []];
  for (let epoch = 0; epoch <= EPOCHS; epoch += 1) {
    const fresh: PolicySnapshot = { ...(JSON.parse(text) as PolicySnapshot), epoch: `epoch ${epoch}` };
    const logins = rotated(loginsOf(fresh), epoch * 37);
    const once = logins.map((login) => timePlan(login, fresh));
    const again = logins.map((login) => timePlan(login, fresh));
    if (epoch === 0) continue;
    first.push(...once.slice(0, 1));
    uncached.push(...once.slice(1));
    cached.push(...again);
  }
  report("a reader's filter, uncached", uncached);
  report("the first one under a new policy", first);
  report("cached", cached);
}

/** Milliseconds. On a machine that is busy with other things, the processor's time says what planning costs. */
interface Duration {
  readonly elapsed: number;
  readonly processor: number;
}

function timePlan(login: string, policy: PolicySnapshot): Duration {
  const before = process.threadCpuUsage();
  const start = performance.now();
  planAccess(resolvePrincipal(login, policy), policy);
  const elapsed = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { elapsed, processor: (user + system) / 1000 };
}

function report(name: string, durations: readonly Duration[]): void {
  process.stdout.write(
    percentileLine(
      name,
      durations.map(({ elapsed }) => elapsed),
    ),
  );
  process.stdout.write(
    percentileLine(
      "  of the processor",
      durations.map(({ processor }) => processor),
    ),
  );
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
  const share = (test: (plan: (typeof plans)[number]) => boolean) =>
    `${Math.round((100 * plans.filter(test).length) / Math.max(plans.length, 1))} %`;
  return (
    `${rules} rules over ${planned.size} models, ${policy.users.length} users, ${mirrored} mirrored records; ` +
    `of the plans ${share((plan) => plan.outcome === "conditional")} conditional, ${share((plan) => plan.outcome === "never")} never\n`
  );
}
