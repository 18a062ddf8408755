import type { AccessExpression } from "../access-filter.ts";
import { evaluateExpression } from "../evaluate-access.ts";
import { always, and, anyOf, isUnset, never, not, or } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { FieldDescription, PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { planComparison, planTextMatch } from "./plan-comparison.ts";
import { describeField, describeModel, isToMany, relatedModel } from "./describe-field.ts";
import type { Domain, DomainCondition } from "./domain.ts";
import { ancestors, descendants } from "./hierarchy.ts";
import { mirrorAttributes, mirrorRecords } from "./mirror.ts";
import { evaluateRuleValue, isList } from "./rule-value.ts";
import { rewriteCondition } from "./rewrite-condition.ts";
import type { RuleValue } from "./user-facts.ts";

/**
 * Turns a rule's domain into an expression over the attributes of a record of `model`, for one principal. The first field of a path
 * stays an attribute; what lies behind it is looked up in the mirror, as superuser and with archived records, and becomes a set of ids.
 *
 * Negations are pushed down to the conditions. There, the opposite of a set of ids from the mirror is the set of the mirror's *other*
 * ids: a record that the mirror does not know yet fails both, so that a mirror that lags never widens access. Only for to-many fields the
 * algebra has no such form; there a link to an unknown record counts as a link to none.
 *
 * @throws PermissionError when the domain cannot be planned exactly
 */
export function planDomain(
  domain: Domain,
  model: string,
  principal: Principal,
  policy: PolicySnapshot,
): AccessExpression {
  return planNode(domain, model, true, { principal, policy });
}

interface Planning {
  readonly principal: Principal;
  readonly policy: PolicySnapshot;
}

function planNode(domain: Domain, model: string, positive: boolean, planning: Planning): AccessExpression {
  switch (domain.kind) {
    case "constant":
      return domain.value === positive ? always : never;
    case "not":
      return planNode(domain.operand, model, !positive, planning);
    case "and":
    case "or": {
      const operands = domain.operands.map((operand) => planNode(operand, model, positive, planning));
      return (domain.kind === "and") === positive ? and(...operands) : or(...operands);
    }
    default:
      return planCondition(domain, model, positive, planning);
  }
}

function planCondition(
  condition: DomainCondition,
  model: string,
  positive: boolean,
  planning: Planning,
): AccessExpression {
  const rewritten = rewriteCondition(condition, model);
  if (rewritten !== undefined) return planNode(rewritten, model, positive, planning);
  const [field = "", ...rest] = condition.path;
  const description = describeField(describeModel(model, planning.policy), field);
  if (rest.length > 0) {
    return planHop(field, description, { ...condition, path: rest }, positive, condition.position, planning);
  }
  if ("domain" in condition) {
    const isPositive = (condition.operator === "any") === positive;
    if (field === "id") return planNode(condition.domain, model, isPositive, planning);
    return planHop(field, description, condition.domain, isPositive, condition.position, planning);
  }
  const value = evaluateRuleValue(condition.value, planning.principal, planning.policy);
  const { operator, position } = condition;
  if (operator === "child_of" || operator === "parent_of") {
    return planHierarchy({ field, operator, position }, description, value, model, positive, planning.policy);
  }
  if (operator.endsWith("like")) {
    return planTextCondition(field, operator, value, position, description, model, positive, planning.policy);
  }
  const planned = planComparison({ field, operator, value, position }, description);
  return positive ? planned : not(planned);
}

/** `field any (domain)`: whether some related record satisfies the domain. */
function planHop(
  field: string,
  description: FieldDescription,
  domain: Domain,
  positive: boolean,
  position: number,
  planning: Planning,
): AccessExpression {
  const related = relatedModel(description);
  if (related === undefined) {
    throw new PermissionError("domain-unsupported", `The path goes on behind ${field}, which leads to no record.`, {
      position,
    });
  }
  const matching = mirrorMatches(domain, related, true, planning);
  if (positive) return memberOf(field, matching);
  const failing = mirrorMatches(domain, related, false, planning);
  if (!isToMany(description)) return or(isUnset(field), memberOf(field, failing));
  const failingIds = new Set(failing);
  const notFailing = [...mirrorRecords(related, planning.policy).keys()].filter((id) => !failingIds.has(id));
  return not(anyOf(field, notFailing));
}

/** Ids of the mirror's records of which the domain, or its opposite, is certain. */
function mirrorMatches(domain: Domain, model: string, positive: boolean, planning: Planning): readonly number[] {
  const expression = planNode(domain, model, positive, planning);
  const matches: number[] = [];
  for (const [id, attributes] of mirrorAttributes(model, planning.policy)) {
    if (evaluateExpression(expression, attributes) === true) matches.push(id);
  }
  return matches;
}

/** As Odoo has it: a many2one to the record's own model is itself the hierarchy, and the result is about the record's id. */
function planHierarchy(
  condition: { readonly field: string; readonly operator: "child_of" | "parent_of"; readonly position: number },
  description: FieldDescription,
  value: RuleValue,
  model: string,
  positive: boolean,
  policy: PolicySnapshot,
): AccessExpression {
  const { field, position } = condition;
  const target = field === "id" ? model : relatedModel(description);
  if (target === undefined) {
    throw new PermissionError("domain-unsupported", `${field} leads to no hierarchy.`, { position });
  }
  const isOwn = field !== "id" && target === model;
  const parentField = isOwn ? field : describeModel(target, policy).parentField;
  const parent = describeField(describeModel(target, policy), parentField);
  if (parent.type !== "many2one" || parent.relation !== target) {
    throw new PermissionError("domain-unsupported", `${target} has no hierarchy over ${parentField}.`, { position });
  }
  if (value === null || value === false || (isList(value) && value.length === 0)) return positive ? never : always;
  const ids = (isList(value) ? value : [value]).map((id) => {
    if (typeof id === "number" && Number.isInteger(id) && id > 0) return id;
    throw new PermissionError("domain-unsupported", "A hierarchy is searched by ids only.", { position });
  });
  const climb = condition.operator === "child_of" ? descendants : ancestors;
  const members = climb(ids, target, parentField, policy);
  const attribute = isOwn ? "id" : field;
  if (positive) return memberOf(attribute, [...members]);
  if (isToMany(description)) return not(anyOf(attribute, members));
  const others = [...mirrorRecords(target, policy).keys()].filter((id) => !members.has(id));
  return or(isUnset(attribute), memberOf(attribute, others));
}

/** Texts are not matched by the algebra, but by the mirror: the condition becomes the set of records whose text matches. */
function planTextCondition(
  field: string,
  operator: string,
  value: RuleValue,
  position: number,
  description: FieldDescription,
  model: string,
  positive: boolean,
  policy: PolicySnapshot,
): AccessExpression {
  const matches = planTextMatch(operator, value, description, position);
  if (typeof matches === "boolean") return matches === positive ? always : never;
  const ids: number[] = [];
  for (const [id, attributes] of mirrorAttributes(model, policy)) {
    const values = Object.hasOwn(attributes, field) ? attributes[field] : undefined;
    if (values === undefined)
      throw new PermissionError("unknown-field", `The mirror lacks ${model}.${field}.`, { position });
    if (matches(values) === positive) ids.push(id);
  }
  return memberOf("id", ids);
}

/** No id can be among none, whether the field is known or not. */
function memberOf(field: string, ids: readonly number[]): AccessExpression {
  return ids.length === 0 ? never : anyOf(field, ids);
}
