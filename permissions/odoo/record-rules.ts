import type { AccessExpression } from "../access-filter.ts";
import { and, or, renameAttributes } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot, RecordRule } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { describeModel } from "./describe-field.ts";
import type { Domain } from "./domain.ts";
import { parseDomain } from "./parse-domain.ts";
import { planDomain } from "./plan-domain.ts";
import { rowsOfModel } from "./rows-by-model.ts";

/**
 * Which records of a model the rules leave to the principal: all global rules, one of the principal's group rules if there are any, and
 * the rules of the `_inherits` parents on the parent record, whose attributes the record bears under dotted names.
 *
 * @throws PermissionError naming the first rule that cannot be planned exactly, unless the others decide without it
 */
export function planRecordRules(model: string, principal: Principal, policy: PolicySnapshot): AccessExpression {
  return planModel(model, principal, policy, new Set());
}

/** The attribute of a child record that holds what its `_inherits` parent, reached by `link`, has under `name`. */
export function inheritedAttribute(link: string, name: string): string {
  return name === "id" ? link : `${link}.${name}`;
}

/** The parents whose rules a record obeys: parent model and the stored field that leads to it. */
export function inheritedModels(
  model: string,
  policy: Pick<PolicySnapshot, "models">,
): readonly (readonly [string, string])[] {
  const { inherits, fields } = describeModel(model, policy);
  return Object.entries(inherits).filter(([, link]) => fields[link]?.stored !== false);
}

/** The tree of a rule's domain, parsed once: the next policy mostly has the same rules. @throws PermissionError */
export function ruleDomain({ domain: text }: RecordRule): Domain {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const domain = parseDomain(text);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(text, domain);
  return domain;
}

const MOST_PARSED = 2_000;
const parsed = new Map<string, Domain>();

function planModel(
  model: string,
  principal: Principal,
  policy: PolicySnapshot,
  visiting: ReadonlySet<string>,
): AccessExpression {
  if (visiting.has(model)) throw new PermissionError("domain-unsupported", `${model} inherits from itself.`);
  const rules = rowsOfModel(policy.recordRules, model);
  const isOfPrincipal = (rule: RecordRule) => rule.groupIds.some((id) => principal.groupIds.includes(id));
  const global = planRules(
    rules.filter((rule) => rule.groupIds.length === 0),
    model,
    principal,
    policy,
  );
  const grouped = planRules(rules.filter(isOfPrincipal), model, principal, policy);
  const inherited = inheritedModels(model, policy).map(([parent, link]) =>
    renameAttributes(planModel(parent, principal, policy, new Set([...visiting, model])), (name) =>
      inheritedAttribute(link, name),
    ),
  );
  const obligatory = and(...global.planned, ...inherited);
  if (obligatory.kind === "never") return obligatory;
  if (global.refusal !== undefined) throw global.refusal;
  if (grouped.planned.length === 0 && grouped.refusal === undefined) return obligatory;
  const optional = or(...grouped.planned);
  if (optional.kind !== "always" && grouped.refusal !== undefined) throw grouped.refusal;
  return and(obligatory, optional);
}

interface PlannedRules {
  readonly planned: readonly AccessExpression[];
  readonly refusal: PermissionError | undefined;
}

function planRules(
  rules: readonly RecordRule[],
  model: string,
  principal: Principal,
  policy: PolicySnapshot,
): PlannedRules {
  const planned: AccessExpression[] = [];
  let refusal: PermissionError | undefined;
  for (const rule of rules) {
    try {
      planned.push(planDomain(ruleDomain(rule), model, principal, policy));
    } catch (error) {
      if (!(error instanceof PermissionError)) throw error;
      refusal ??= nameRule(rule, error);
    }
  }
  return { planned, refusal };
}

function nameRule(rule: RecordRule, error: PermissionError): PermissionError {
  return new PermissionError(error.code, `Rule "${rule.name}" (${rule.id}) on ${rule.model}: ${error.message}`, {
    cause: error,
    ...(error.position === undefined ? {} : { position: error.position }),
  });
}
