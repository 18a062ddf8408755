import type { AccessAttributes, AccessScalar } from "./access-attributes.ts";
import type { AccessExpression } from "./access-filter.ts";

/** Ids beyond which a list is cut. */
const MOST_NAMED = 12;

/** The name of what a field's value stands for, where one is known. */
export type NameOf = (field: string, value: AccessScalar) => string | undefined;

/** The values that an expression looks at, such as “company_id is 1 and user_id is unset”; empty when it looks at none. */
export function describeAttributes(
  expression: AccessExpression,
  attributes: AccessAttributes,
  nameOf: NameOf = () => undefined,
): string {
  return joined([...fieldsOf(expression)].sort().map((field) => describeAttribute(field, attributes, nameOf)));
}

function describeAttribute(field: string, attributes: AccessAttributes, nameOf: NameOf): string {
  const values = Object.hasOwn(attributes, field) ? attributes[field] : undefined;
  if (values === undefined) return `${field} is not known`;
  if (values.length === 0) return `${field} is unset`;
  const shown = values.map((value) => {
    const name = nameOf(field, value);
    const text = typeof value === "string" ? `“${value}”` : String(value);
    return name === undefined ? text : `${name} (${text})`;
  });
  return `${field} ${values.length === 1 ? "is" : "holds"} ${listed(shown)}`;
}

/** `1, 2 and 3`. */
export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

function listed(shown: readonly string[]): string {
  if (shown.length <= MOST_NAMED) return joined(shown);
  return `${shown.slice(0, MOST_NAMED).join(", ")} and ${shown.length - MOST_NAMED} more`;
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
