import type { AccessExpression } from "../access-filter.ts";
import { always, and, anyOf, isUnset, never, not, or, within } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { FieldDescription, PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { leadsToArchivable, oppositeBefore19, refuseWhatMeantLess } from "./before-19.ts";
import { planComparison, planTextMatch } from "./plan-comparison.ts";
import { describeField, describeModel, isToMany, relatedModel } from "./describe-field.ts";
import type { Domain, DomainCondition } from "./domain.ts";
import { describeHierarchy } from "./describe-hierarchy.ts";
import { ancestors, descendants } from "./hierarchy.ts";
import { dependsOnReader, domainKey, domainKeyOn } from "./domain-key.ts";
import { matchMirror } from "./match-mirror.ts";
import { mirrorColumn, mirrorRecords } from "./mirror.ts";
import { held, policyMemory, principalMemory, type PlanningMemory } from "./planning-memory.ts";
import { evaluateRuleValue, isList } from "./rule-value.ts";
import { rewriteCondition } from "./rewrite-condition.ts";
import type { RuleValue } from "./user-facts.ts";

/**
 * Turns a rule's domain into an expression over the attributes of a record of `model`, for one principal. The first field of a path
 * stays an attribute; what lies behind it is looked up in the mirror, as superuser and with archived records, and becomes a set of ids.
 *
 * Negations are pushed down to the conditions. There, the opposite of a set of ids from the mirror is the set of the mirror's *other*
 * ids, among which all that a to-many field leads to must be: a link to a record that the mirror does not know yet satisfies neither, so
 * that a mirror that lags never widens access.
 *
 * @throws PermissionError when the domain cannot be planned exactly
 */
export function planDomain(
  domain: Domain,
  model: string,
  principal: Principal,
  policy: PolicySnapshot,
): AccessExpression {
  const key = domainKeyOn(domain, describeModel(model, policy));
  return held(memoryFor(domain, { principal, policy }).plans, key, () =>
    planNode(domain, model, true, { principal, policy }),
  );
}

/** The first version with `any` and `not any`. */
const FIRST_WITH_ANY = 17;

interface Planning {
  readonly principal: Principal;
  readonly policy: PolicySnapshot;
}

function memoryFor(domain: Domain, { principal, policy }: Planning): PlanningMemory {
  return dependsOnReader(domain) ? principalMemory(principal, policy) : policyMemory(policy);
}

function planNode(domain: Domain, model: string, positive: boolean, planning: Planning): AccessExpression {
  switch (domain.kind) {
    case "constant":
      return domain.value === positive ? always : never;
    case "not":
      if (planning.policy.odooVersion !== undefined) {
        return planNode(oppositeBefore19(domain.operand), model, positive, planning);
      }
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

/** Where a condition stands: its field on the model, and whether the condition or its opposite is wanted. */
interface Site extends Planning {
  readonly model: string;
  readonly field: string;
  readonly description: FieldDescription;
  readonly positive: boolean;
  readonly position: number;
}

function planCondition(
  condition: DomainCondition,
  model: string,
  positive: boolean,
  planning: Planning,
): AccessExpression {
  const rewritten = rewriteCondition(condition, model, planning.policy);
  // The code that searches a computed flag gives all other records for its opposite, in every version.
  if (rewritten?.kind === "not") return planNode(rewritten.operand, model, !positive, planning);
  if (rewritten !== undefined) return planNode(rewritten, model, positive, planning);
  const [field = "", ...rest] = condition.path;
  const { operator, position } = condition;
  const description = describeField(describeModel(model, planning.policy), field);
  const site: Site = { ...planning, model, field, description, positive, position };
  if (rest.length > 0) return planHop(behindFirstField(condition), site);
  if ("domain" in condition) {
    if ((planning.policy.odooVersion ?? FIRST_WITH_ANY) < FIRST_WITH_ANY) {
      throw new PermissionError("domain-unsupported", `This Odoo has no operator ${operator}.`, { position });
    }
    const isPositive = (operator === "any") === positive;
    if (field === "id") return planNode(condition.domain, model, isPositive, planning);
    return planHop(condition.domain, { ...site, positive: isPositive });
  }
  const value = evaluateRuleValue(condition.value, planning.principal, planning.policy);
  if (planning.policy.odooVersion !== undefined) {
    refuseWhatMeantLess({ field, operator, value, position }, description, positive, planning.policy);
  }
  if (operator === "child_of" || operator === "parent_of") return planHierarchy(operator, value, site);
  if (operator.endsWith("like")) return planTextCondition(operator, value, site);
  const planned = planComparison({ field, operator, value, position }, description);
  return positive ? planned : not(planned);
}

/** `field any (domain)`: whether some related record satisfies the domain. */
function planHop(domain: Domain, site: Site): AccessExpression {
  const { field, description, position } = site;
  const related = relatedModel(description);
  if (related === undefined) {
    throw new PermissionError("domain-unsupported", `The path goes on behind ${field}, which leads to no record.`, {
      position,
    });
  }
  if (!site.positive && site.policy.odooVersion !== undefined && leadsToArchivable(description, site.policy)) {
    throw new PermissionError("domain-unsupported", `Not planned: ${field} may lead to archived records.`, {
      position,
    });
  }
  const matching = mirrorMatches(domain, related, site);
  if (site.positive) return memberOf(field, matching);
  return isToMany(description) ? within(field, matching) : or(isUnset(field), memberOf(field, matching));
}

const restsOfPaths = new WeakMap<DomainCondition, DomainCondition>();

/** What a condition on a path asks of the record that its first field leads to. */
function behindFirstField(condition: DomainCondition): DomainCondition {
  return held(restsOfPaths, condition, () => ({ ...condition, path: condition.path.slice(1) }));
}

/** Ids of the mirror's records of which the domain, or its opposite, is certain. */
function mirrorMatches(domain: Domain, model: string, planning: Site): readonly number[] {
  const { policy, positive } = planning;
  return held(memoryFor(domain, planning).matches, `${positive ? "" : "not "}${model} ${domainKey(domain)}`, () =>
    matchMirror(planNode(domain, model, positive, planning), model, policy),
  );
}

/** As Odoo has it: a many2one to the record's own model is itself the hierarchy, and the result is about the record's id. */
function planHierarchy(operator: "child_of" | "parent_of", value: RuleValue, site: Site): AccessExpression {
  const { model, field, description, positive, position, policy } = site;
  const { target, parentField, attribute } = describeHierarchy(model, field, description, position, policy);
  if (value === null || value === false || (isList(value) && value.length === 0)) return positive ? never : always;
  const ids = (isList(value) ? value : [value]).map((id) => {
    if (typeof id === "number" && Number.isInteger(id) && id > 0) return id;
    throw new PermissionError("domain-unsupported", "A hierarchy is searched by ids only.", { position });
  });
  const climb = operator === "child_of" ? descendants : ancestors;
  const members = climb(ids, target, parentField, policy);
  if (positive) return memberOf(attribute, [...members]);
  const others = [...mirrorRecords(target, policy).keys()].filter((id) => !members.has(id));
  if (isToMany(description)) return within(attribute, others);
  return or(isUnset(attribute), memberOf(attribute, others));
}

/** Texts are not matched by the algebra, but by the mirror: the condition becomes the set of records whose text matches. */
function planTextCondition(operator: string, value: RuleValue, site: Site): AccessExpression {
  const { model, field, positive, position, policy } = site;
  const matches = planTextMatch(operator, value, site.description, position);
  if (typeof matches === "boolean") return matches === positive ? always : never;
  const { idsByValue, unsetIds, knownIds } = mirrorColumn(model, field, policy);
  if (knownIds.length < mirrorRecords(model, policy).size) {
    throw new PermissionError("unknown-field", `The mirror lacks ${model}.${field}.`, { position });
  }
  const texts = [...idsByValue].filter(([text]) => matches([text]) === positive);
  const ids = [...texts.flatMap(([, alike]) => alike), ...(matches([]) === positive ? unsetIds : [])];
  return memberOf("id", ids);
}

/** No id can be among none, whether the field is known or not. */
function memberOf(field: string, ids: readonly number[]): AccessExpression {
  return ids.length === 0 ? never : anyOf(field, ids);
}
