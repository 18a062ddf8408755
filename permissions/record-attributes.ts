import type { AccessAttributes, AccessScalar } from "./access-attributes.ts";
import { attributeValues } from "./attribute-values.ts";
import type { RuleFootprint } from "./odoo/rule-footprint.ts";
import type { MirrorRecord } from "./policy-snapshot.ts";

/**
 * The access attributes of one record: `model`, and what the footprint names for it. `record` holds them under the footprint's names;
 * those with a dot (`product_tmpl_id.company_id`) are fields of the `_inherits` parent. A name that `record` lacks is left out, and
 * is therefore unknown.
 */
export function recordAttributes(model: string, record: MirrorRecord, footprint: RuleFootprint): AccessAttributes {
  const attributes: Record<string, readonly AccessScalar[]> = { model: [model] };
  const types = Object.hasOwn(footprint.types, model) ? footprint.types[model] : undefined;
  for (const [name, type] of Object.entries(types ?? {})) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (value !== undefined) attributes[name] = attributeValues(value, type);
  }
  return attributes;
}

/** The attributes of the record that a message or a file hangs on, as the message or file bears them: `record.company_id`. */
export function prefixAttributes(prefix: string, attributes: AccessAttributes): AccessAttributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, values]) => [`${prefix}${name}`, values]));
}
