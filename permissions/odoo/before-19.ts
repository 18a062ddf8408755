import { PermissionError } from "../permission-error.ts";
import type { FieldDescription, PolicySnapshot } from "../policy-snapshot.ts";
import { isToMany, relatedModel } from "./describe-field.ts";
import type { Domain, DomainOperator } from "./domain.ts";
import type { Comparison } from "./plan-comparison.ts";
import { isFalsy, isList } from "./rule-value.ts";
import type { RuleValue } from "./user-facts.ts";

/** How the records that our plan finds compare with those that an older Odoo finds; null: they are the same. */
type Difference = "wider" | "narrower" | null;

/**
 * Before Odoo 19 a condition became SQL as it stands: what is unset is NULL, apart from 0 and from the empty text, matches no inequality, and
 * comes over the API like 0 or the empty text. A computed field is searched through records that must exist. Links to archived records count,
 * which the API leaves out.
 *
 * @param positive whether the condition is wanted or its opposite
 * @throws PermissionError `domain-unsupported` for a condition of which our plan would show more than an older Odoo
 */
export function refuseWhatMeantLess(
  comparison: Comparison,
  description: FieldDescription,
  positive: boolean,
  policy: Pick<PolicySnapshot, "models">,
): void {
  const isUnsure = leadsToArchivable(description, policy) && excludes(comparison);
  const difference = isUnsure ? "wider" : compare(comparison, description);
  if (difference !== (positive ? "wider" : "narrower")) return;
  const { field, operator, position } = comparison;
  throw new PermissionError(
    "domain-unsupported",
    `Not planned: ${field} ${operator} a value that Odoo before 19 keeps apart from one that looks the same.`,
    { position },
  );
}

/** Whether a to-many field may lead to records that are archived. */
export function leadsToArchivable(description: FieldDescription, { models }: Pick<PolicySnapshot, "models">): boolean {
  const related = isToMany(description) ? relatedModel(description) : undefined;
  if (related === undefined) return false;
  return !Object.hasOwn(models, related) || Object.hasOwn(models[related]?.fields ?? {}, "active");
}

/** Whether the condition holds for want of a link. */
function excludes({ operator, value }: Comparison): boolean {
  return isNegative(operator) !== asksUnset(value);
}

function isNegative(operator: string): boolean {
  return operator === "!=" || operator.startsWith("not ");
}

function compare({ field, operator, value }: Comparison, description: FieldDescription): Difference {
  if (operator === "child_of" || operator === "parent_of") return null;
  if (description.stored === false && (isNegative(operator) || asksUnset(value))) return "wider";
  if (operator.endsWith("like")) return typeof value === "string" ? null : "wider";
  if (operator === "=?" && (value === null || value === false)) return null;
  if (isOddlyShaped(operator, value))
    return operator === "!=" || (operator === "in" && isFalsy(value)) ? "narrower" : "wider";
  if (field === "id") return null;
  return confuses({ field, operator, value, position: 0 }, description)
    ? isNegative(operator)
      ? "narrower"
      : "wider"
    : null;
}

function asksUnset(value: RuleValue): boolean {
  return isList(value) ? value.some((item) => isFalsy(item)) : isFalsy(value);
}

/** One value after `in`, or an empty list after `=`. */
function isOddlyShaped(operator: string, value: RuleValue): boolean {
  const isMembership = operator === "in" || operator === "not in";
  return isList(value) ? !isMembership && value.length === 0 : isMembership;
}

/** Whether the comparison asks for one of two values that look the same from outside. */
function confuses({ operator, value }: Comparison, { type, required = false }: FieldDescription): boolean {
  const values = isList(value) ? value : [value];
  const hasUnset = values.some((item) => item === null || item === false);
  const asksOne = !isList(value) && (operator === "=" || operator === "!=" || operator === "=?");
  switch (type) {
    case "integer":
    case "float":
    case "monetary":
    case "many2one_reference": {
      if (["<", "<=", ">", ">="].includes(operator)) return !required && matchesZero(operator, Number(value));
      if (asksOne && value === 0) return operator !== "!=" && !required;
      return hasUnset || values.includes(0);
    }
    case "char":
    case "text":
    case "html":
      return hasUnset || (values.includes("") && !(asksOne && operator === "!="));
    case "boolean":
      return values.includes(null) || values.includes(0);
    case "one2many":
    case "many2many":
      return hasUnset && !asksOne;
    default:
      return false;
  }
}

function matchesZero(operator: string, bound: number): boolean {
  switch (operator) {
    case "<":
      return bound > 0;
    case "<=":
      return bound >= 0;
    case ">":
      return bound < 0;
    default:
      return bound <= 0;
  }
}

const OPPOSITES: ReadonlyMap<DomainOperator, DomainOperator> = new Map(
  (
    [
      ["=", "!="],
      ["in", "not in"],
      ["<", ">="],
      [">", "<="],
      ["like", "not like"],
      ["ilike", "not ilike"],
      ["any", "not any"],
    ] as const
  ).flatMap(([left, right]) => [
    [left, right],
    [right, left],
  ]),
);

/**
 * What `!` before a domain comes to in an Odoo before 19: the opposite operator in each condition, wherever the path leads.
 * @throws PermissionError `domain-unsupported` for an operator without an opposite
 */
export function oppositeBefore19(domain: Domain): Domain {
  switch (domain.kind) {
    case "constant":
      return { kind: "constant", value: !domain.value };
    case "not":
      return domain.operand;
    case "and":
    case "or": {
      const [left, right] = domain.operands;
      const operands = [oppositeBefore19(left), oppositeBefore19(right)] as const;
      return { kind: domain.kind === "and" ? "or" : "and", operands };
    }
    default: {
      const operator = OPPOSITES.get(domain.operator);
      if (operator !== undefined) return { ...domain, operator } as Domain;
      throw new PermissionError(
        "domain-unsupported",
        `Not planned: ! before ${domain.operator} in an Odoo before 19.`,
        {
          position: domain.position,
        },
      );
    }
  }
}
