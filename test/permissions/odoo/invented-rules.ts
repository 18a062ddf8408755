import * as fc from "fast-check";
import type { MirrorRecord } from "../../../permissions/policy-snapshot.ts";
import type { NaiveDomain, NaiveLeaf, NaiveValue } from "./naive-odoo.ts";

/** A condition in both tongues: what a rule would write, and what it comes to for the user who asks. */
export interface Sketch {
  readonly text: string;
  readonly domain: (who: Who) => NaiveDomain;
}
export interface Who {
  readonly id: number;
  readonly partner: number;
  readonly companies: readonly number[];
}

const write = (value: NaiveValue): string => {
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "number") return String(value);
  if ("domain" in value)
    return `[${value.domain.map((item) => (typeof item === "string" ? `'${item}'` : writeLeaf(item))).join(", ")}]`;
  return `[${value.map(write).join(", ")}]`;
};
const writeLeaf = ([path, operator, value]: NaiveLeaf): string => `('${path}', '${operator}', ${write(value)})`;

const literal = (leaf: NaiveLeaf): Sketch => ({ text: writeLeaf(leaf), domain: () => [leaf] });
const asked = (path: string, operator: string, text: string, value: (who: Who) => NaiveValue): Sketch => ({
  text: `('${path}', '${operator}', ${text})`,
  domain: (who) => [[path, operator, value(who)]],
});

const idOrUnset = fc.constantFrom<(number | boolean)[]>(1, 2, 3, false);
const idList: fc.Arbitrary<NaiveValue> = fc.uniqueArray(idOrUnset, { minLength: 1, maxLength: 3 });
const equality = fc.constantFrom("=", "!=", "=?");
const membership = fc.constantFrom("in", "not in");
const inequality = fc.constantFrom("<", "<=", ">", ">=");
const valueFrom = (...values: readonly NaiveValue[]): fc.Arbitrary<NaiveValue> => fc.constantFrom(...values);
const leafOf = (path: fc.Arbitrary<string>, operator: fc.Arbitrary<string>, value: fc.Arbitrary<NaiveValue>) =>
  fc.tuple(path, operator, value).map(literal);

const leaf: fc.Arbitrary<Sketch> = fc.oneof(
  leafOf(fc.constantFrom("company_id", "project_id", "tag_ids", "project_id.manager_id"), equality, idOrUnset),
  leafOf(fc.constantFrom("company_id", "project_id", "tag_ids", "tag_ids.id", "user_id"), membership, idList),
  leafOf(
    fc.constantFrom("state", "reference", "project_id.visibility"),
    equality,
    fc.constantFrom<NaiveValue[]>("draft", "employees", false),
  ),
  leafOf(fc.constantFrom("reference", "tag_ids.name"), membership, fc.constant<NaiveValue>(["blue", "draft", false])),
  leafOf(fc.constantFrom("level", "amount", "tag_ids.color"), inequality, fc.constantFrom(-1, 0, 1, 2)),
  leafOf(fc.constantFrom("level", "amount", "tag_ids.color"), equality, fc.constantFrom<NaiveValue[]>(0, 1, false)),
  leafOf(fc.constantFrom("urgent", "project_id.active"), fc.constantFrom("=", "!="), fc.boolean()),
  leafOf(fc.constant("due"), inequality, fc.constantFrom("2026-01-01", "2026-06-30")),
  leafOf(fc.constant("due"), equality, fc.constantFrom<NaiveValue[]>("2026-01-01", false)),
  leafOf(fc.constant("sent_at"), inequality, fc.constantFrom("2026-01-01 12:00:00")),
  leafOf(
    fc.constantFrom("company_id", "partner_id", "partner_id.parent_id"),
    fc.constantFrom("child_of", "parent_of"),
    valueFrom([1], [3], [102], [104, 2]),
  ),
  leafOf(
    fc.constantFrom("tag_ids", "project_id"),
    fc.constantFrom("any", "not any"),
    fc.constantFrom<NaiveValue[]>(
      { domain: ["|", ["id", "=", 1], ["id", "in", [3]]] },
      { domain: ["!", ["id", "=", 2]] },
    ),
  ),
  fc.constantFrom(
    asked("user_id", "=", "user.id", (who) => who.id),
    asked("user_id", "in", "user.id", (who) => [who.id]),
    asked("company_id", "in", "company_ids + [False]", (who) => [...who.companies, false]),
    asked("company_id", "not in", "company_ids", (who) => who.companies),
    asked("company_id", "parent_of", "company_ids", (who) => who.companies),
    asked("project_id.follower_ids", "in", "[user.partner_id.id]", (who) => [who.partner]),
    asked("project_id.manager_id", "!=", "user.id", (who) => who.id),
  ),
);

/** A rule's domain over the orders of `inventedPolicy`: every kind of operator, paths, to-many fields, hierarchies, facts of the user. */
export const sketch: fc.Arbitrary<Sketch> = fc.letrec<{ node: Sketch }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.tuple(fc.constantFrom("&" as const, "|" as const), tie("node"), tie("node")).map(([sign, left, right]) => ({
      text: `'${sign}', ${left.text}, ${right.text}`,
      domain: (who: Who) => [sign, ...left.domain(who), ...right.domain(who)],
    })),
    tie("node").map((inner) => ({
      text: `'!', ${inner.text}`,
      domain: (who: Who) => ["!" as const, ...inner.domain(who)],
    })),
  ),
})).node;

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
/** An order, much of it unset. */
export const order: fc.Arbitrary<MirrorRecord> = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  state: orNull(fc.constantFrom("draft", "sent")),
  user_id: orNull(fc.constantFrom(10, 11, 3)),
  company_id: orNull(fc.constantFrom(1, 2, 3)),
  partner_id: orNull(fc.constantFrom(100, 102, 103, 104)),
  project_id: orNull(fc.constantFrom(1, 2, 3)),
  tag_ids: fc.uniqueArray(fc.constantFrom(1, 2, 3)),
  amount: orNull(fc.constantFrom(0, 1, 2.5)),
  level: orNull(fc.constantFrom(0, 1, -1)),
  urgent: orNull(fc.boolean()),
  reference: orNull(fc.constantFrom("", "draft", "blue")),
  due: orNull(fc.constantFrom("2026-01-01", "2026-05-05", "2026-12-31")),
  sent_at: orNull(fc.constantFrom("2026-01-01 12:00:00", "2025-01-01 00:00:00", "2026-01-01 12:00:01")),
});
