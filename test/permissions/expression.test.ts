import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessAttributes, AccessScalar } from "../../permissions/access-attributes.ts";
import type { AccessExpression } from "../../permissions/access-filter.ts";
import { evaluateExpression, type Verdict } from "../../permissions/evaluate-access.ts";
import {
  always,
  and,
  anyOf,
  expressionKey,
  isUnset,
  never,
  not,
  or,
  range,
  within,
} from "../../permissions/expression.ts";

const FIELDS = ["a", "b", "c"];
const field = fc.constantFrom(...FIELDS);
const scalar: fc.Arbitrary<AccessScalar> = fc.constantFrom<AccessScalar[]>(1, 2, "1", "x", true, false);
const raw = fc.letrec<{ node: AccessExpression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.record({ kind: fc.constant("anyOf" as const), field, values: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant("isUnset" as const), field }),
    fc.record({ kind: fc.constant("within" as const), field, values: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant("range" as const),
      field,
      comparison: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
      bound: fc.constantFrom<(number | string)[]>(1, 2, "m"),
    }),
    fc.constantFrom<AccessExpression[]>({ kind: "always" }, { kind: "never" }),
    fc.record({ kind: fc.constant("not" as const), expression: tie("node") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      expressions: fc.array(tie("node"), { maxLength: 4 }),
    }),
  ),
})).node;
const attributes: fc.Arbitrary<AccessAttributes> = fc.dictionary(field, fc.array(scalar, { maxLength: 3 }));

/** The table at `AccessExpression`, read literally: -1 false, 0 unknown, 1 true. */
function meaning(node: AccessExpression, record: AccessAttributes): number {
  const decide = (name: string, test: (values: readonly AccessScalar[]) => boolean): number => {
    const values = record[name];
    return values === undefined ? 0 : test(values) ? 1 : -1;
  };
  switch (node.kind) {
    case "always":
      return 1;
    case "never":
      return -1;
    case "anyOf":
      return decide(node.field, (values) => values.some((value) => node.values.includes(value)));
    case "isUnset":
      return decide(node.field, (values) => values.length === 0);
    case "within":
      return decide(node.field, (values) => values.every((value) => node.values.includes(value)));
    case "range":
      return decide(node.field, (values) => values.some((value) => lies(value, node.comparison, node.bound)));
    case "not":
      return 0 - meaning(node.expression, record);
    case "and":
      return Math.min(1, ...node.expressions.map((inner) => meaning(inner, record)));
    default:
      return Math.max(-1, ...node.expressions.map((inner) => meaning(inner, record)));
  }
}

function lies(value: AccessScalar, comparison: string, bound: number | string): boolean {
  if (typeof value !== typeof bound) return false;
  return (comparison.startsWith("<") && value < bound) || (comparison.startsWith(">") && value > bound)
    ? true
    : comparison.endsWith("=") && value === bound;
}

const asNumber = (verdict: Verdict): number => (verdict === "unknown" ? 0 : verdict ? 1 : -1);

function rebuild(node: AccessExpression): AccessExpression {
  switch (node.kind) {
    case "anyOf":
      return anyOf(node.field, node.values);
    case "isUnset":
      return isUnset(node.field);
    case "within":
      return within(node.field, node.values);
    case "range":
      return range(node.field, node.comparison, node.bound);
    case "not":
      return not(rebuild(node.expression));
    case "and":
      return and(...node.expressions.map(rebuild));
    case "or":
      return or(...node.expressions.map(rebuild));
    default:
      return node;
  }
}

describe("evaluateExpression", () => {
  it("means what the table says", () => {
    fc.assert(
      fc.property(raw, attributes, (node, record) => {
        expect(asNumber(evaluateExpression(node, record))).toBe(meaning(node, record));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes 1, '1' and true for three different values", () => {
    expect(evaluateExpression(anyOf("a", [1]), { a: ["1", true] })).toBe(false);
  });

  it("finds nothing under the names that every object has", () => {
    expect(evaluateExpression(not(isUnset("constructor")), {})).toBe("unknown");
  });

  it("compares texts by code point", () => {
    expect(evaluateExpression(range("a", ">", "\uffff"), { a: ["\u{1f600}"] })).toBe(true);
  });
});

describe("the makers of expressions", () => {
  it("keep the three-valued meaning of what they simplify", () => {
    fc.assert(
      fc.property(raw, attributes, (node, record) => {
        expect(evaluateExpression(rebuild(node), record)).toBe(evaluateExpression(node, record));
      }),
      { numRuns: 1500 },
    );
  });

  it("make one expression of operands in any order and number", () => {
    const [a, b, c] = [anyOf("a", [2, 1]), isUnset("b"), range("c", ">", 1)];
    expect(expressionKey(and(a, or(b, c)))).toBe(expressionKey(and(or(c, b, c), anyOf("a", [1, 2, 1]), always)));
  });

  it("do not take a condition or its opposite for certain", () => {
    expect(evaluateExpression(or(isUnset("a"), not(isUnset("a"))), {})).toBe("unknown");
  });

  it("drop what cannot matter", () => {
    expect(and(isUnset("a"), never)).toBe(never);
    expect(or(isUnset("a"), and(isUnset("a"), isUnset("b")))).toEqual(isUnset("a"));
    expect(or(anyOf("a", [1]), anyOf("a", [2]))).toEqual(anyOf("a", [1, 2]));
    expect(and(anyOf("a", [1]), anyOf("a", [2])).kind).toBe("and");
  });
});
