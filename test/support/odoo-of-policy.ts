import { readConfig } from "../../infra/config.ts";
import { POLICY_FIELDS } from "../../infra/odoo/policy-fields.ts";
import type { OdooSource } from "../../infra/odoo/port.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";

/** The sample's policy without its records: where what is tested is not their text. */
export function odooOfPolicy(): OdooSource {
  const { odoo } = readConfig({});
  const sample = openSnapshotSource(odoo.kind === "snapshot" ? odoo.path : "");
  return {
    ...sample,
    count: () => Promise.resolve(0),
    async *records(model, fields, signal, selection) {
      if (Object.hasOwn(POLICY_FIELDS, model)) yield* sample.records(model, fields, signal, selection);
    },
  };
}
