import { createHash } from "node:crypto";
import type { AccessExpression, AccessFilter } from "./access-filter.ts";
import { planDocuments } from "./document-access.ts";
import { and, anyOf, expressionKey, isUnset, never, or } from "./expression.ts";
import { groupByExpression } from "./group-by-expression.ts";
import { planModels, type PlannedModel } from "./odoo/plan-models.ts";
import { PermissionError } from "./permission-error.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";
import { type IsoDay, utcDay } from "./utc-day.ts";

/** How one model came out of the plan for one principal. */
export interface ModelPlan {
  readonly model: string;
  readonly outcome: "always" | "never" | "conditional";
  /** Why nothing is shown, where the rules themselves do not say so. */
  readonly reason?: string;
}

interface Plan {
  readonly filter: AccessFilter;
  readonly models: readonly ModelPlan[];
}

/** Per policy: readers times the sets of companies that they ask with, of one day or two. */
const MOST_PLANS = 5_000;
const plans = new WeakMap<PolicySnapshot, Map<string, Plan>>();

/**
 * What the principal may read: files by their stated readers; records by access rows, record rules and `_inherits` parents, their field
 * partitions by the groups that these require. The only maker of an `AccessFilter`. A model that cannot be planned exactly is left out.
 * `today` decides which files have begun and which have ended, so a filter is not kept beyond its day.
 *
 * @throws PermissionError `stale-principal` when the principal was resolved against another snapshot
 */
export function planAccess(principal: Principal, policy: PolicySnapshot, today = utcDay(new Date())): AccessFilter {
  return plan(principal, policy, today).filter;
}

/** The plan model by model, with the reason for each that is refused. @throws PermissionError `stale-principal` */
export function explainPlan(principal: Principal, policy: PolicySnapshot): readonly ModelPlan[] {
  return plan(principal, policy, utcDay(new Date())).models;
}

function plan(principal: Principal, policy: PolicySnapshot, today: IsoDay): Plan {
  if (principal.epoch !== policy.epoch) {
    throw new PermissionError("stale-principal", "The principal was resolved against another policy.");
  }
  const known = plans.get(policy) ?? new Map<string, Plan>();
  plans.set(policy, known);
  const key = JSON.stringify([
    today,
    principal.login,
    principal.currentCompanyId,
    principal.companyIds,
    principal.namesCompanies === true,
  ]);
  let found = known.get(key);
  if (found === undefined) {
    found = makePlan(principal, policy, today);
    if (known.size >= MOST_PLANS) known.clear();
    known.set(key, found);
  }
  return found;
}

function makePlan(principal: Principal, policy: PolicySnapshot, today: IsoDay): Plan {
  const models = planModels(principal, policy);
  const expression = or(planDocuments(principal, policy, today), planRecords(models, principal));
  const filter = Object.freeze({
    expression,
    hash: hashOf(expression),
    epoch: policy.epoch,
    day: today,
  }) as AccessFilter;
  return Object.freeze({
    filter,
    models: Object.freeze([...models].map(([model, planned]) => outcome(model, planned))),
  });
}

function planRecords(models: ReadonlyMap<string, PlannedModel>, principal: Principal): AccessExpression {
  const expressions = new Map([...models].map(([model, { expression }]) => [model, expression]));
  const branches = groupByExpression(expressions).map((group) => and(anyOf("model", group.models), group.expression));
  const requires = or(isUnset("requires"), anyOf("requires", principal.groupIds));
  return branches.length === 0 ? never : and(requires, or(...branches));
}

function outcome(model: string, { expression, reason }: PlannedModel): ModelPlan {
  const kind = expression.kind === "always" || expression.kind === "never" ? expression.kind : "conditional";
  return Object.freeze(reason === undefined ? { model, outcome: kind } : { model, outcome: kind, reason });
}

function hashOf(expression: AccessExpression): string {
  return createHash("sha256").update(expressionKey(expression)).digest("hex");
}
