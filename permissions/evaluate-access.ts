import type { AccessAttributes, AccessScalar } from "./access-attributes.ts";
import type { AccessExpression, AccessFilter } from "./access-filter.ts";

/** What an expression comes to on one record's attributes; `unknown` when an attribute that decides is missing. */
export type Verdict = true | false | "unknown";

/** Whether the part that bears these attributes is readable. Unknown is not readable. */
export function evaluateAccess(filter: AccessFilter, attributes: AccessAttributes): boolean {
  return evaluateExpression(filter.expression, attributes) === true;
}

/** The reference meaning of the algebra; the table at `AccessExpression` in words. */
export function evaluateExpression(expression: AccessExpression, attributes: AccessAttributes): Verdict {
  switch (expression.kind) {
    case "always":
      return true;
    case "never":
      return false;
    case "anyOf": {
      const values = attributeValues(attributes, expression.field);
      return values === undefined ? "unknown" : values.some((value) => expression.values.includes(value));
    }
    case "isUnset": {
      const values = attributeValues(attributes, expression.field);
      return values === undefined ? "unknown" : values.length === 0;
    }
    case "within": {
      const values = attributeValues(attributes, expression.field);
      return values === undefined ? "unknown" : values.every((value) => expression.values.includes(value));
    }
    case "range": {
      const values = attributeValues(attributes, expression.field);
      if (values === undefined) return "unknown";
      return values.some((value) => isInRange(value, expression.comparison, expression.bound));
    }
    case "not": {
      const verdict = evaluateExpression(expression.expression, attributes);
      return verdict === "unknown" ? "unknown" : !verdict;
    }
    case "and":
      return evaluateAll(expression.expressions, attributes, false);
    default:
      return evaluateAll(expression.expressions, attributes, true);
  }
}

/** The first operand that comes to `decisive` decides; otherwise one unknown makes the whole unknown. */
function evaluateAll(
  expressions: readonly AccessExpression[],
  attributes: AccessAttributes,
  decisive: boolean,
): Verdict {
  let verdict: Verdict = !decisive;
  for (const expression of expressions) {
    const one = evaluateExpression(expression, attributes);
    if (one === decisive) return decisive;
    if (one === "unknown") verdict = "unknown";
  }
  return verdict;
}

/** Own entries only: an attribute named like a member of every object must not appear to be there. */
function attributeValues(attributes: AccessAttributes, field: string): readonly AccessScalar[] | undefined {
  return Object.hasOwn(attributes, field) ? attributes[field] : undefined;
}

function isInRange(value: AccessScalar, comparison: "<" | "<=" | ">" | ">=", bound: number | string): boolean {
  const order = compare(value, bound);
  if (order === undefined) return false;
  switch (comparison) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

function compare(value: AccessScalar, bound: number | string): number | undefined {
  if (typeof value === "number" && typeof bound === "number") return value - bound;
  if (typeof value === "string" && typeof bound === "string") return compareCodePoints(value, bound);
  return undefined;
}

/** JavaScript's own `<` compares UTF-16 units, which puts characters beyond the basic plane before some within it. */
function compareCodePoints(left: string, right: string): number {
  const [leftPoints, rightPoints] = [Array.from(left), Array.from(right)];
  const shared = Math.min(leftPoints.length, rightPoints.length);
  for (let index = 0; index < shared; index += 1) {
    const order = (leftPoints[index]?.codePointAt(0) ?? 0) - (rightPoints[index]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return leftPoints.length - rightPoints.length;
}
