import type { AccessScalar } from "./access-attributes.ts";
import type { AccessExpression } from "./access-filter.ts";

/**
 * Makers of access expressions. They simplify and put operands into one order, so that equal plans become equal expressions, and keep
 * the three-valued meaning: `or(x, not(x))` stays, for an unknown attribute makes it unknown; `and(x, never)` is `never`.
 */
export const always: AccessExpression = Object.freeze({ kind: "always" });
export const never: AccessExpression = Object.freeze({ kind: "never" });

export function anyOf(field: string, values: Iterable<AccessScalar>): AccessExpression {
  return Object.freeze({ kind: "anyOf", field, values: Object.freeze([...new Set(values)].sort(compareScalars)) });
}

export function isUnset(field: string): AccessExpression {
  return Object.freeze({ kind: "isUnset", field });
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

/** The same expression over attributes of other names. */
export function renameAttributes(expression: AccessExpression, rename: (field: string) => string): AccessExpression {
  switch (expression.kind) {
    case "always":
    case "never":
      return expression;
    case "anyOf":
      return Object.freeze({ ...expression, field: rename(expression.field) });
    case "isUnset":
    case "range":
      return Object.freeze({ ...expression, field: rename(expression.field) });
    case "not":
      return not(renameAttributes(expression.expression, rename));
    default:
      return combine(
        expression.kind,
        expression.expressions.map((operand) => renameAttributes(operand, rename)),
      );
  }
}

const keys = new WeakMap<AccessExpression, string>();

/** The canonical text of an expression: equal texts, equal expressions. */
export function expressionKey(expression: AccessExpression): string {
  let key = keys.get(expression);
  if (key === undefined) {
    key = writeKey(expression);
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
      return `${JSON.stringify(expression.field)}:${JSON.stringify(expression.values)}`;
    default:
      return JSON.stringify(expression);
  }
}

function combine(kind: "and" | "or", expressions: readonly AccessExpression[]): AccessExpression {
  const [neutral, absorbing] = kind === "and" ? [always, never] : [never, always];
  const operands = new Map<string, AccessExpression>();
  for (const operand of mergeValues(kind, flatten(kind, expressions))) {
    if (operand.kind === absorbing.kind) return absorbing;
    if (operand.kind !== neutral.kind) operands.set(expressionKey(operand), operand);
  }
  const kept = [...operands].filter(([, operand]) => !isAbsorbed(kind, operand, operands));
  kept.sort(([left], [right]) => (left < right ? -1 : 1));
  const [first, ...others] = kept.map(([, operand]) => operand);
  if (first === undefined) return neutral;
  return others.length === 0 ? first : Object.freeze({ kind, expressions: Object.freeze([first, ...others]) });
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
  const values = new Map<string, Set<AccessScalar>>();
  const others: AccessExpression[] = [];
  for (const expression of expressions) {
    const leaf = kind === "or" ? expression : expression.kind === "not" ? expression.expression : undefined;
    if (leaf?.kind !== "anyOf") {
      others.push(expression);
      continue;
    }
    const merged = values.get(leaf.field) ?? new Set<AccessScalar>();
    for (const value of leaf.values) merged.add(value);
    values.set(leaf.field, merged);
  }
  for (const [field, merged] of values) others.push(kind === "or" ? anyOf(field, merged) : not(anyOf(field, merged)));
  return others;
}

function compareScalars(left: AccessScalar, right: AccessScalar): number {
  if (typeof left !== typeof right) return typeof left < typeof right ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}
