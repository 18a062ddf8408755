import type { FieldDescription, MirrorRecord, MirrorValue } from "../../permissions/policy-snapshot.ts";
import type { OdooRecord, OdooValue } from "./port.ts";

/**
 * A value of `read` as rules see it: many2one as id, to-many as ids, and Odoo's `false` for "unset" as null everywhere but in booleans.
 * Values of types that rules cannot compare come to null.
 */
export function mirrorValue(value: OdooValue | undefined, description: FieldDescription): MirrorValue {
  switch (description.type) {
    case "boolean":
      return value === true;
    case "many2one":
      return firstNumber(value);
    case "one2many":
    case "many2many":
      return Array.isArray(value) ? value.filter((id) => typeof id === "number") : [];
    case "integer":
    case "float":
    case "monetary":
    case "many2one_reference":
      return typeof value === "number" ? value : null;
    default:
      return typeof value === "string" ? value : null;
  }
}

/** A record, normalised. Fields without description are left out: unknown. */
export function mirrorRecord(
  record: OdooRecord,
  descriptions: Readonly<Record<string, FieldDescription>>,
): MirrorRecord {
  const values: Record<string, MirrorValue> = {};
  for (const [field, value] of Object.entries(record)) {
    const description = Object.hasOwn(descriptions, field) ? descriptions[field] : undefined;
    if (description !== undefined) values[field] = mirrorValue(value, description);
  }
  return { ...values, id: record.id };
}

function firstNumber(value: OdooValue | undefined): number | null {
  if (typeof value === "number") return value;
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === "number" ? first : null;
}
