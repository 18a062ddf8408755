import type { AccessAttributes } from "../access-attributes.ts";
import type { AccessExpression } from "../access-filter.ts";
import { type NameOf, describeAttributes } from "../describe-attributes.ts";
import { describeGroups } from "../describe-groups.ts";
import { evaluateExpression } from "../evaluate-access.ts";
import { type ExplainedStep, conjunction, disjunction, note, step } from "../explained-step.ts";
import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot, RecordRule } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { planDomain } from "./plan-domain.ts";
import { inheritedAttribute, inheritedModels, ruleDomain } from "./record-rules.ts";

/** For whom and under which policy is explained. */
export interface Explaining {
  readonly principal: Principal;
  readonly policy: PolicySnapshot;
}

/**
 * What `planRecordRules` decides, rule by rule, for one record: `attributes` are the record's own. All steps that it returns must hold.
 */
export function explainRules(
  model: string,
  attributes: AccessAttributes,
  explaining: Explaining,
  visiting: ReadonlySet<string> = new Set(),
): readonly ExplainedStep[] {
  const { principal, policy } = explaining;
  if (visiting.has(model)) return [step("unknown", `${model} inherits from itself, so nothing of it is shown.`)];
  const rules = policy.recordRules.filter((rule) => rule.model === model);
  const isOfReader = (rule: RecordRule) => rule.groupIds.some((id) => principal.groupIds.includes(id));
  const explained = (rule: RecordRule) => explainRule(rule, attributes, explaining);
  return [
    ...(rules.length === 0 ? [step(true, `No record rule limits ${model}.`)] : []),
    ...rules.filter(isGlobal).map((rule) => explained(rule).step),
    ...groupRules(model, rules.filter(isOfReader).map(explained)),
    ...rules
      .filter((rule) => !isGlobal(rule) && !isOfReader(rule))
      .map((rule) => note(`${named(rule)} does not apply: it is for ${describeGroups(rule.groupIds, policy)}.`)),
    ...explainParents(model, attributes, explaining, visiting),
  ];
}

interface ExplainedRule {
  readonly step: ExplainedStep;
  /** Null when the rule cannot be planned. */
  readonly expression: AccessExpression | null;
}

function explainRule(rule: RecordRule, attributes: AccessAttributes, { principal, policy }: Explaining): ExplainedRule {
  const name = named(rule);
  const kind =
    rule.groupIds.length === 0
      ? "for everybody"
      : `for ${describeGroups(
          rule.groupIds.filter((id) => principal.groupIds.includes(id)),
          policy,
        )}`;
  const domain = note(rule.domain.replaceAll(/\s+/g, " ").trim());
  try {
    const expression = planDomain(ruleDomain(rule), rule.model, principal, policy);
    const verdict = evaluateExpression(expression, attributes);
    const outcome = verdict === "unknown" ? "cannot be told to hold" : verdict ? "holds" : "does not hold";
    const seen = describeAttributes(expression, attributes, companyNames(rule.model, policy));
    const because = seen === "" ? `, for ${expression.kind === "always" ? "every" : "no"} record` : `: ${seen}`;
    return { step: step(verdict, `${name}, ${kind}, ${outcome}${because}.`, [domain]), expression };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return {
      step: step("unknown", `${name}, ${kind}, cannot be planned: ${error.message}`, [domain]),
      expression: null,
    };
  }
}

/** One is enough; but where one cannot be planned, only one that lets every record through decides without it. */
function groupRules(model: string, rules: readonly ExplainedRule[]): readonly ExplainedStep[] {
  if (rules.length === 0) return [];
  const steps = rules.map((rule) => rule.step);
  const isUnplanned = rules.some(({ expression }) => expression === null);
  if (isUnplanned && !rules.some(({ expression }) => expression?.kind === "always")) {
    const sentence = `A rule of the user's groups cannot be planned, and none of them opens all of ${model}, so nothing of it is shown.`;
    return [step("unknown", sentence, steps)];
  }
  const holds = disjunction(steps);
  const which =
    steps.length === 1
      ? "The one rule of the user's groups must hold"
      : `One of the ${steps.length} rules of the user's groups must hold`;
  const outcome = holds === true ? "so it is" : steps.length === 1 ? "it does not" : "none does";
  return [step(holds, `${which}; ${outcome}.`, steps)];
}

/** The `_inherits` parents, whose attributes the record bears under dotted names. */
function explainParents(
  model: string,
  attributes: AccessAttributes,
  explaining: Explaining,
  visiting: ReadonlySet<string>,
): readonly ExplainedStep[] {
  try {
    return inheritedModels(model, explaining.policy).map(([parent, link]) => {
      const steps = explainRules(parent, parentAttributes(link, attributes), explaining, new Set([...visiting, model]));
      const holds = conjunction(steps);
      const outcome = holds === true ? "which hold" : "which do not let it through";
      return step(holds, `${model} also obeys the rules of ${parent} on its ${link}, ${outcome}.`, steps);
    });
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return [step("unknown", `The parents of ${model} cannot be told: ${error.message}`)];
  }
}

function parentAttributes(link: string, attributes: AccessAttributes): AccessAttributes {
  const prefix = inheritedAttribute(link, "");
  const own = Object.entries(attributes).flatMap(([name, values]) => {
    if (name === link) return [["id", values] as const];
    return name.startsWith(prefix) ? [[name.slice(prefix.length), values] as const] : [];
  });
  return Object.fromEntries(own);
}

/** Most rules are about companies, and their names say more than their ids. */
function companyNames(model: string, policy: PolicySnapshot): NameOf {
  const fields = Object.hasOwn(policy.models, model) ? (policy.models[model]?.fields ?? {}) : {};
  return (field, value) => {
    const relation = Object.hasOwn(fields, field) ? fields[field]?.relation : undefined;
    return relation === "res.company" ? policy.companies.find(({ id }) => id === value)?.name : undefined;
  };
}

function named(rule: RecordRule): string {
  return `Rule “${rule.name}” (${rule.id}) on ${rule.model}`;
}

function isGlobal(rule: RecordRule): boolean {
  return rule.groupIds.length === 0;
}
