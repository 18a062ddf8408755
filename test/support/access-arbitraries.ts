import * as fc from "fast-check";

import type { AccessAttributes, AccessScalar } from "../../permissions/access-attributes.ts";
import type { AccessExpression } from "../../permissions/access-filter.ts";

/** Few names and values, so that expressions and attributes meet; look-alikes of other types, and texts that collations order differently. */
const field = fc.constantFrom("company_id", "user_id", "date", "__proto__", "constructor", 'odd "name" \\ {}');
const scalar: fc.Arbitrary<AccessScalar> = fc.constantFrom<AccessScalar[]>(
  0,
  1,
  2,
  -1,
  1.5,
  1e21,
  "0",
  "1",
  "",
  "a",
  "B",
  "b",
  "é",
  "true",
  "2026-11-20",
  "\uFFFD",
  "\u{1F642}",
  '"{}\\,',
  "null",
  true,
  false,
);

/** Names to values, some of them unset, some absent. */
export const accessAttributes: fc.Arbitrary<AccessAttributes> = fc
  .uniqueArray(fc.tuple(field, fc.array(scalar, { maxLength: 4 })), { selector: ([name]) => name, maxLength: 5 })
  .map((entries) => Object.fromEntries(entries));

const { expression } = fc.letrec<{ expression: AccessExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<AccessExpression[]>({ kind: "always" }, { kind: "never" }),
    fc.record({ kind: fc.constant("anyOf" as const), field, values: fc.array(scalar, { maxLength: 14 }) }),
    fc.record({ kind: fc.constant("isUnset" as const), field }),
    fc.record({ kind: fc.constant("within" as const), field, values: fc.array(scalar, { maxLength: 14 }) }),
    fc.record({
      kind: fc.constant("range" as const),
      field,
      comparison: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
      bound: scalar.filter((value) => typeof value !== "boolean"),
    }),
    fc.record({ kind: fc.constant("not" as const), expression: tie("expression") }),
    fc.record({ kind: fc.constant("and" as const), expressions: fc.array(tie("expression"), { maxLength: 4 }) }),
    fc.record({ kind: fc.constant("or" as const), expressions: fc.array(tie("expression"), { maxLength: 4 }) }),
  ),
}));

export const accessExpression: fc.Arbitrary<AccessExpression> = expression;
