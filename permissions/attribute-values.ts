import type { AccessScalar } from "./access-attributes.ts";
import type { FieldType, MirrorValue } from "./policy-snapshot.ts";

/**
 * One value, typed, as an attribute. Odoo takes an unset number for 0, an unset flag for false and an empty text for an unset one; so
 * they are made the same here, and rules need not tell them apart. Moments lose their fractions and the `T`, as Odoo writes them.
 */
export function attributeValues(value: MirrorValue, type: FieldType): readonly AccessScalar[] {
  if (typeof value === "object" && value !== null) return value;
  switch (type) {
    case "boolean":
      return [value === true];
    case "integer":
    case "float":
    case "monetary":
    case "many2one_reference":
      return [typeof value === "number" ? value : 0];
    case "datetime":
      return typeof value === "string" ? [value.replace("T", " ").replace(/(\.\d+)?Z?$/, "")] : [];
    default:
      return value === null || value === "" || value === false ? [] : [value];
  }
}
