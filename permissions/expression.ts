import { hash } from "node:crypto";
import type { AccessScalar } from "./access-attributes.ts";
import type { AccessExpression } from "./access-filter.ts";

/**
 * Makers of access expressions. They simplify and put operands into one order, so that equal plans become equal expressions, and keep
 * the three-valued meaning: `or(x, not(x))` stays, for an unknown attribute makes it unknown; `and(x, never)` is `never`.
 */
export const always: AccessExpression = Object.freeze({ kind: "always" });
export const never: AccessExpression = Object.freeze({ kind: "never" });

export function anyOf(field: string, values: Iterable<AccessScalar>): AccessExpression {
  return Object.freeze({ kind: "anyOf", field, values: sortedValues(values) });
}

export function isUnset(field: string): AccessExpression {
  return Object.freeze({ kind: "isUnset", field });
}

/** Every value is among these, of which there may be none. */
export function within(field: string, values: Iterable<AccessScalar>): AccessExpression {
  const sorted = sortedValues(values);
  return sorted.length === 0 ? isUnset(field) : Object.freeze({ kind: "within", field, values: sorted });
}

export function range(field: string, comparison: "<" | "<=" | ">" | ">=", bound: number | string): AccessExpression {
  return Object.freeze({ kind: "range", field, comparison, bound });
}

/** Moves inwards past `and` and `or` (De Morgan holds with three values) until it stands before a leaf. */
export function not(expression: AccessExpression): AccessExpression {
  switch (expression.kind) {
    case "always":
      return never;
    case "never":
      return always;
    case "not":
      return expression.expression;
    case "and":
      return or(...expression.expressions.map(not));
    case "or":
      return and(...expression.expressions.map(not));
    default:
      return Object.freeze({ kind: "not", expression });
  }
}

export function and(...expressions: readonly AccessExpression[]): AccessExpression {
  return combine("and", expressions);
}

export function or(...expressions: readonly AccessExpression[]): AccessExpression {
  return combine("or", expressions);
}

/** The same expression over attributes of other names; different names must stay different. */
export function renameAttributes(expression: AccessExpression, rename: (field: string) => string): AccessExpression {
  switch (expression.kind) {
    case "always":
    case "never":
      return expression;
    case "anyOf":
    case "within":
      return Object.freeze({ ...expression, field: rename(expression.field) });
    case "isUnset":
    case "range":
      return Object.freeze({ ...expression, field: rename(expression.field) });
    case "not":
      return not(renameAttributes(expression.expression, rename));
    default:
      return inOrder(
        expression.kind,
        expression.expressions.map((operand) => renameAttributes(operand, rename)),
      );
  }
}

const LONGEST_KEY = 200;
const keys = new WeakMap<AccessExpression, string>();

/** What names an expression, its text or a digest of that: equal keys, equal expressions. */
export function expressionKey(expression: AccessExpression): string {
  let key = keys.get(expression);
  if (key === undefined) {
    key = shortened(writeKey(expression));
    keys.set(expression, key);
  }
  return key;
}

function writeKey(expression: AccessExpression): string {
  switch (expression.kind) {
    case "not":
      return `!${expressionKey(expression.expression)}`;
    case "and":
    case "or":
      return `(${expression.kind} ${expression.expressions.map(expressionKey).join(" ")})`;
    case "anyOf":
      return `${JSON.stringify(expression.field)}:${valuesKey(expression.values)}`;
    case "within":
      return `${JSON.stringify(expression.field)}<${valuesKey(expression.values)}`;
    default:
      return JSON.stringify(expression);
  }
}

const valueKeys = new WeakMap<readonly AccessScalar[], string>();

function valuesKey(values: readonly AccessScalar[]): string {
  let key = valueKeys.get(values);
  if (key === undefined) {
    key = shortened(JSON.stringify(values));
    valueKeys.set(values, key);
  }
  return key;
}

/** Keys are compared, sorted and hashed often, and may hold thousands of ids. */
function shortened(key: string): string {
  return key.length <= LONGEST_KEY ? key : `#${hash("sha256", key, "base64")}`;
}

function combine(kind: "and" | "or", expressions: readonly AccessExpression[]): AccessExpression {
  const [neutral, absorbing] = kind === "and" ? [always, never] : [never, always];
  const merged = mergeValues(kind, flatten(kind, expressions)).filter((operand) => operand.kind !== neutral.kind);
  if (merged.some((operand) => operand.kind === absorbing.kind)) return absorbing;
  if (merged.length <= 1) return merged[0] ?? neutral;
  const operands = new Map(merged.map((operand) => [expressionKey(operand), operand]));
  const kept = [...operands.values()].filter((operand) => !isAbsorbed(kind, operand, operands));
  const [only] = kept;
  return only !== undefined && kept.length === 1 ? only : inOrder(kind, kept);
}

function inOrder(kind: "and" | "or", operands: readonly AccessExpression[]): AccessExpression {
  const expressions = operands.toSorted((left, right) => (expressionKey(left) < expressionKey(right) ? -1 : 1));
  return Object.freeze({ kind, expressions: Object.freeze(expressions) });
}

function flatten(kind: "and" | "or", expressions: readonly AccessExpression[]): AccessExpression[] {
  return expressions.flatMap((expression) => (expression.kind === kind ? expression.expressions : [expression]));
}

/** `x or (x and y)` is `x`, with three values as with two; likewise the other way round. */
function isAbsorbed(
  kind: "and" | "or",
  operand: AccessExpression,
  operands: ReadonlyMap<string, AccessExpression>,
): boolean {
  if ((operand.kind !== "and" && operand.kind !== "or") || operand.kind === kind) return false;
  return operand.expressions.some((inner) => operands.has(expressionKey(inner)));
}

/** Joins `f in A or f in B`, and `not f in A and not f in B`, into one membership. */
function mergeValues(kind: "and" | "or", expressions: readonly AccessExpression[]): AccessExpression[] {
  const memberships = new Map<string, AccessExpression[]>();
  const merged: AccessExpression[] = [];
  for (const expression of expressions) {
    const leaf = membership(kind, expression);
    const alike = leaf === undefined ? undefined : memberships.get(leaf.field);
    if (leaf === undefined) merged.push(expression);
    else if (alike === undefined) memberships.set(leaf.field, [expression]);
    else alike.push(expression);
  }
  for (const [field, alike] of memberships) {
    const [only] = alike;
    if (only !== undefined && alike.length === 1) {
      merged.push(only);
      continue;
    }
    const joined = anyOf(
      field,
      alike.flatMap((expression) => membership(kind, expression)?.values ?? []),
    );
    merged.push(kind === "or" ? joined : not(joined));
  }
  return merged;
}

function membership(kind: "and" | "or", expression: AccessExpression) {
  const leaf = kind === "or" ? expression : expression.kind === "not" ? expression.expression : undefined;
  return leaf?.kind === "anyOf" ? leaf : undefined;
}

/** Values that are sorted and frozen already are kept as they are, and with them what is known of them. */
function sortedValues(values: Iterable<AccessScalar>): readonly AccessScalar[] {
  const list: readonly AccessScalar[] = Array.isArray(values) ? values : [...values];
  if (isSorted(list)) return Object.isFrozen(list) ? list : Object.freeze([...list]);
  if (list.every((value) => typeof value === "number")) return sortedNumbers(list);
  return Object.freeze([...new Set(list)].sort(compareScalars));
}

/** Ids come by the thousand: sorted as machine numbers, they cost a tenth. */
function sortedNumbers(numbers: readonly number[]): readonly number[] {
  const unique: number[] = [];
  for (const number of new Float64Array(numbers).sort()) {
    if (unique.length === 0 || unique[unique.length - 1] !== number) unique.push(number);
  }
  return Object.freeze(unique);
}

function isSorted(values: readonly AccessScalar[]): boolean {
  for (let index = 1; index < values.length; index += 1) {
    const [before, value] = [values[index - 1], values[index]];
    if (before === undefined || value === undefined || typeof before !== typeof value || before >= value) return false;
  }
  return true;
}

function compareScalars(left: AccessScalar, right: AccessScalar): number {
  if (typeof left !== typeof right) return typeof left < typeof right ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}
