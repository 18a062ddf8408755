import type { AccessExpression } from "../../permissions/access-filter.ts";
import type { AccessScalar } from "../../permissions/access-attributes.ts";
import { storable } from "../db/storable.ts";
import { type SQL, joinSql, sql } from "../db/sql.ts";

/** Up to here containment is tried value by value; beyond, Postgres hashes the list. */
const FEW_VALUES = 8;

/**
 * The expression as a condition over `attributes`, a jsonb object of arrays, with the meaning of the table in `access-filter.ts`: SQL's
 * NULL is Kleene's unknown, and SQL's NOT, AND and OR are Kleene's. Every value is a parameter.
 */
export function sqlAccessFilter(expression: AccessExpression, attributes: SQL): SQL {
  switch (expression.kind) {
    case "always":
      return sql`true`;
    case "never":
      return sql`false`;
    case "anyOf":
      return anyOf(attribute(attributes, expression.field), expression.values);
    case "isUnset":
      return sql`(${attribute(attributes, expression.field)} = '[]'::jsonb)`;
    case "within":
      return sql`(${attribute(attributes, expression.field)} <@ ${jsonText(expression.values)}::jsonb)`;
    case "range":
      return range(attribute(attributes, expression.field), expression);
    case "not":
      return sql`(not ${sqlAccessFilter(expression.expression, attributes)})`;
    case "and":
      return joined(expression.expressions, attributes, "and");
    case "or":
      return joined(expression.expressions, attributes, "or");
  }
}

function attribute(attributes: SQL, field: string): SQL {
  return sql`(${attributes} -> ${storable(field)}::text)`;
}

function joined(expressions: readonly AccessExpression[], attributes: SQL, operator: "and" | "or"): SQL {
  if (expressions.length === 0) return operator === "and" ? sql`true` : sql`false`;
  const conditions = expressions.map((expression) => sqlAccessFilter(expression, attributes));
  return sql`(${joinSql(conditions, operator === "and" ? sql` and ` : sql` or `)})`;
}

/** `case`, because `NULL = any('{}')` and `exists` over NULL come to false, where an absent attribute must stay unknown. */
function anyOf(values: SQL, wanted: readonly AccessScalar[]): SQL {
  if (wanted.length === 0) return sql`(case when ${values} is not null then false end)`;
  const list = sql`${jsonbArray(wanted)}::jsonb[]`;
  if (wanted.length <= FEW_VALUES) return sql`(${values} @> any(${list}))`;
  return whereKnown(values, sql`value = any(${list})`);
}

function range(values: SQL, { comparison, bound }: Extract<AccessExpression, { kind: "range" }>): SQL {
  const operator = COMPARISONS[comparison];
  if (typeof bound === "number") {
    return whereKnown(
      values,
      sql`jsonb_typeof(value) = 'number' and value ${operator} ${JSON.stringify(bound)}::jsonb`,
    );
  }
  // Text inside jsonb compares by the collation of the database; "C" is code-point order.
  return whereKnown(
    values,
    sql`jsonb_typeof(value) = 'string' and ((value #>> '{}') collate "C") ${operator} ${storable(bound)}::text`,
  );
}

const COMPARISONS = { "<": sql`<`, "<=": sql`<=`, ">": sql`>`, ">=": sql`>=` } as const;

function whereKnown(values: SQL, condition: SQL): SQL {
  return sql`(case when ${values} is not null then exists (select 1 from jsonb_array_elements(${values}) as element(value) where ${condition}) end)`;
}

function jsonText(values: readonly AccessScalar[]): string {
  return JSON.stringify(values.map((value) => (typeof value === "string" ? storable(value) : value)));
}

function jsonbArray(values: readonly AccessScalar[]): string {
  const elements = values.map((value) => {
    const json = JSON.stringify(typeof value === "string" ? storable(value) : value);
    return `"${json.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  });
  return `{${elements.join(",")}}`;
}
