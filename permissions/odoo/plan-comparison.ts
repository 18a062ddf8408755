import type { AccessScalar } from "../access-attributes.ts";
import type { AccessExpression } from "../access-filter.ts";
import { always, anyOf, isUnset, never, not, or, range } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { FieldDescription } from "../policy-snapshot.ts";
import { isToMany } from "./describe-field.ts";
import { isFalsy, isList } from "./rule-value.ts";
import { matchText } from "./match-text.ts";
import type { RuleScalar, RuleValue } from "./user-facts.ts";

/** A condition on a field of the record itself, its value known. */
export interface Comparison {
  readonly field: string;
  readonly operator: string;
  readonly value: RuleValue;
  readonly position: number;
}

/**
 * Plans `=`, `!=`, `in`, `not in`, `=?` and the inequalities. What Odoo holds for equal is equal here: numbers that are unset and 0, flags
 * that are unset and false, texts that are unset and empty (the attributes are made so, see `attributeValues`).
 *
 * @throws PermissionError `domain-unsupported` for values that Odoo would convert, look up by name or fail on
 */
export function planComparison(comparison: Comparison, description: FieldDescription): AccessExpression {
  const { field, operator, value } = comparison;
  switch (operator) {
    case "=?":
      return isFalsy(value) ? always : planMembership(comparison, description, equated(value));
    case "=":
      return planMembership(comparison, description, equated(value));
    case "!=":
      return not(planMembership(comparison, description, equated(value)));
    case "in":
      return isFalsy(value) ? never : planMembership(comparison, description, listed(value));
    case "not in":
      return isFalsy(value) ? always : not(planMembership(comparison, description, listed(value)));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return planInequality(comparison, operator, description);
    default:
      throw refuse(comparison, `${operator} on ${field}`);
  }
}

/**
 * Plans the operators of the `like` family: a constant when the value is empty, otherwise the test of an attribute's values.
 * @throws PermissionError `domain-unsupported` for fields that are not texts, and for patterns that depend on the database's settings
 */
export function planTextMatch(
  operator: string,
  value: RuleValue,
  description: FieldDescription,
  position: number,
): boolean | ((values: readonly AccessScalar[]) => boolean) {
  if (description.type !== "char" && description.type !== "text") {
    throw new PermissionError("domain-unsupported", `${operator} is planned for plain texts only.`, { position });
  }
  const negated = operator.startsWith("not ");
  const positiveOperator = negated ? operator.slice("not ".length) : operator;
  const isWhole = positiveOperator.startsWith("=");
  if (isFalsy(value) && !isWhole) return !negated;
  if (typeof value !== "string" || value === "") {
    throw new PermissionError("domain-unsupported", `${operator} takes a text.`, { position });
  }
  const matches = matchText(value, { isWhole, ignoresCase: positiveOperator.endsWith("ilike"), position });
  return (values) => values.some((text) => typeof text === "string" && matches(text)) !== negated;
}

/** `=` with a list means `in`, with an empty one it asks for what is unset. */
function equated(value: RuleValue): readonly RuleScalar[] {
  if (!isList(value)) return [value];
  return value.length === 0 ? [null] : value;
}

function listed(value: RuleValue): readonly RuleScalar[] {
  return isList(value) ? value : [value];
}

function planMembership(
  comparison: Comparison,
  description: FieldDescription,
  values: readonly RuleScalar[],
): AccessExpression {
  const { field } = comparison;
  if (description.type === "boolean") {
    const flags = new Set(values.map((value) => flagValue(value, comparison)));
    return flags.size === 2 ? always : anyOf(field, flags);
  }
  const converted = values.map((value) => convert(value, field === "id", comparison, description));
  const present = converted.filter((value) => value !== null);
  const asksUnset = field !== "id" && present.length < converted.length;
  if (present.length === 0) return asksUnset ? isUnset(field) : never;
  return asksUnset ? or(isUnset(field), anyOf(field, present)) : anyOf(field, present);
}

function flagValue(value: RuleScalar, comparison: Comparison): boolean {
  if (typeof value === "string") throw refuse(comparison, "a text compared with a flag");
  return value !== null && value !== false && value !== 0;
}

/** The attribute value that the rule's value stands for; `null` asks for what is unset. */
function convert(
  value: RuleScalar,
  isId: boolean,
  comparison: Comparison,
  description: FieldDescription,
): AccessScalar | null {
  const isEmpty = value === null || value === false;
  switch (description.type) {
    case "integer":
    case "float":
    case "monetary":
    case "many2one_reference":
      if (isId && isEmpty) return null;
      return isEmpty ? 0 : wholeNumber(value, comparison);
    case "many2one":
    case "one2many":
    case "many2many":
      if (isEmpty) return null;
      if (value === 0) throw refuse(comparison, "0 compared with a record");
      return wholeNumber(value, comparison);
    case "char":
    case "text":
    case "html":
      if (isEmpty || value === "") return null;
      return nonEmptyText(value, comparison);
    case "selection":
    case "reference":
      return isEmpty ? null : nonEmptyText(value, comparison);
    case "date":
      return isEmpty ? null : day(value, comparison);
    default:
      if (isEmpty) return null;
      throw refuse(comparison, `equality of a ${description.type}`);
  }
}

function planInequality(
  comparison: Comparison,
  operator: "<" | "<=" | ">" | ">=",
  description: FieldDescription,
): AccessExpression {
  const { field, value } = comparison;
  if (isList(value) || isToMany(description)) throw refuse(comparison, "an inequality between lists");
  switch (description.type) {
    case "integer":
    case "float":
    case "monetary":
    case "many2one_reference":
      if (field !== "id" && (value === null || value === false)) return range(field, operator, 0);
      return range(field, operator, wholeNumber(value, comparison));
    case "many2one":
      return range(field, operator, wholeNumber(value, comparison));
    case "date":
      return range(field, operator, day(value, comparison));
    case "datetime":
      return range(field, operator, moment(value, operator, comparison));
    default:
      throw refuse(comparison, `an inequality of a ${description.type}`);
  }
}

/** Fractions are refused: Odoo rounds them to the field's own precision before it compares. */
function wholeNumber(value: RuleScalar, comparison: Comparison): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw refuse(comparison, "anything but a whole number");
}

function nonEmptyText(value: RuleScalar, comparison: Comparison): string {
  if (typeof value === "string" && value !== "") return value;
  throw refuse(comparison, "anything but a text");
}

function day(value: RuleScalar, comparison: Comparison): string {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && isInCalendar(`${value} 00:00:00`)) return value;
  throw refuse(comparison, "anything but a plain date");
}

/** Whether a date and time in Odoo's form exists: 31 February would roll over to March. */
function isInCalendar(text: string): boolean {
  const moment = new Date(`${text.replace(" ", "T")}.000Z`);
  return !Number.isNaN(moment.valueOf()) && moment.toISOString().startsWith(text.replace(" ", "T"));
}

/**
 * A day stands for its first second, or after `>` and before `<=` for its last. Odoo keeps fractions of a second on the two fields that
 * it fills itself, and attributes have none: there the bounds that fractions decide are refused.
 */
function moment(value: RuleScalar, operator: "<" | "<=" | ">" | ">=", comparison: Comparison): string {
  const isInner = operator === ">" || operator === "<=";
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    return `${day(value, comparison)} ${isInner ? "23:59:59" : "00:00:00"}`;
  }
  const isFractional = comparison.field === "create_date" || comparison.field === "write_date";
  if (isInner && isFractional) throw refuse(comparison, "a bound within a second");
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}$/.test(value)) {
    const text = value.replace("T", " ");
    if (isInCalendar(text)) return text;
  }
  throw refuse(comparison, "anything but a plain date and time");
}

function refuse({ field, operator, position }: Comparison, what: string): PermissionError {
  return new PermissionError("domain-unsupported", `Not planned: ${what} (${field} ${operator}).`, { position });
}
