import type { AccessAttributes, AccessScalar } from "./access-attributes.ts";
import type { AccessExpression } from "./access-filter.ts";

/** Ids beyond which a list is cut. */
const MOST_NAMED = 12;

/** The values that an expression looks at, such as “company_id is 1 and user_id is unset”; empty when it looks at none. */
export function describeAttributes(expression: AccessExpression, attributes: AccessAttributes): string {
  return joined([...fieldsOf(expression)].sort().map((field) => describeAttribute(field, attributes)));
}

/** `company_id is 1`, `user_id is unset`, `state is not known`. */
export function describeAttribute(field: string, attributes: AccessAttributes): string {
  const values = Object.hasOwn(attributes, field) ? attributes[field] : undefined;
  if (values === undefined) return `${field} is not known`;
  return values.length === 0 ? `${field} is unset` : `${field} is ${listed(values)}`;
}

/** `1, 2 and 3`. */
export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

function listed(values: readonly AccessScalar[]): string {
  const shown = values.slice(0, MOST_NAMED).map((value) => (typeof value === "string" ? `“${value}”` : String(value)));
  return values.length > MOST_NAMED ? `${shown.join(", ")} and ${values.length - MOST_NAMED} more` : joined(shown);
}

function fieldsOf(expression: AccessExpression): ReadonlySet<string> {
  switch (expression.kind) {
    case "always":
    case "never":
      return new Set();
    case "not":
      return fieldsOf(expression.expression);
    case "and":
    case "or":
      return new Set(expression.expressions.flatMap((operand) => [...fieldsOf(operand)]));
    default:
      return new Set([expression.field]);
  }
}
