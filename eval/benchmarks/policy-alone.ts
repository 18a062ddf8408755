import { POLICY_FIELDS } from "../../infra/odoo/policy-fields.ts";
import type { OdooSource } from "../../infra/odoo/port.ts";

/** What an Odoo says of who may read what, without any record. */
export function policyAlone(odoo: OdooSource): OdooSource {
  return {
    ...odoo,
    ids: async (model, signal, selection) => (isPolicy(model) ? odoo.ids(model, signal, selection) : []),
    count: async (model, signal, selection) => (isPolicy(model) ? odoo.count(model, signal, selection) : 0),
    extent: async (model, signal) => (isPolicy(model) ? odoo.extent(model, signal) : { count: 0, lastWritten: null }),
    async *records(model, fields, signal, selection) {
      if (isPolicy(model)) yield* odoo.records(model, fields, signal, selection);
    },
  };
}

function isPolicy(model: string): boolean {
  return Object.hasOwn(POLICY_FIELDS, model);
}
