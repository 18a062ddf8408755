import type { AccessScalar } from "./access-attributes.ts";
import type { IsoDay } from "./utc-day.ts";

/**
 * The one boolean algebra over a chunk's access attributes. Every index compiles it; `evaluateAccess` is its reference meaning.
 *
 * Kleene's three-valued logic: true, false, unknown; a chunk is readable only when the whole comes to true.
 *
 * | node      | attribute has values           | attribute is `[]` | attribute absent |
 * |-----------|--------------------------------|-------------------|------------------|
 * | `always`  | true                           | true              | true             |
 * | `never`   | false                          | false             | false            |
 * | `anyOf`   | some value is among `values`   | false             | unknown          |
 * | `isUnset` | false                          | true              | unknown          |
 * | `within`  | every value is among `values`  | true              | unknown          |
 * | `range`   | some value lies in the range   | false             | unknown          |
 * | `not`     | true and false swap            |                   | unknown          |
 * | `and`     | false if one is false, else unknown if one is unknown, else true                ||
 * | `or`      | true if one is true, else unknown if one is unknown, else false                 ||
 *
 * Values compare by type and value: 1, "1" and true are three different things. Ranges compare numbers with numbers and
 * strings (ISO dates) with strings in code-point order; a value of the other type is outside.
 */
export type AccessExpression =
  | { readonly kind: "always" }
  | { readonly kind: "never" }
  | { readonly kind: "anyOf"; readonly field: string; readonly values: readonly AccessScalar[] }
  | { readonly kind: "isUnset"; readonly field: string }
  | { readonly kind: "within"; readonly field: string; readonly values: readonly AccessScalar[] }
  | {
      readonly kind: "range";
      readonly field: string;
      readonly comparison: "<" | "<=" | ">" | ">=";
      readonly bound: number | string;
    }
  | { readonly kind: "not"; readonly expression: AccessExpression }
  | { readonly kind: "and"; readonly expressions: readonly AccessExpression[] }
  | { readonly kind: "or"; readonly expressions: readonly AccessExpression[] };

/**
 * What one principal may read under one policy epoch. Only `planAccess` makes one, so an unfiltered search does not type-check; nor does a
 * copy with another expression, for a protected member is no part of a copy. A type alone: there is no such class at run time.
 * `hash` names the expression: equal hashes, equal meaning; caches are keyed by `hash` and `epoch`.
 */
export declare class AccessFilter {
  private constructor();
  readonly expression: AccessExpression;
  readonly hash: string;
  readonly epoch: string;
  /** The day for which it was planned: a file's access may begin and end. */
  readonly day: IsoDay;
  protected readonly planned: true;
}
