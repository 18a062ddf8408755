import { expect, it } from "vitest";
import { readConfig } from "../../../infra/config.ts";
import type { OdooSource } from "../../../infra/odoo/port.ts";
import { SchemaReader } from "../../../infra/odoo/schema-reader.ts";
import { openSnapshotSource } from "../../../infra/odoo/snapshot-source.ts";

it("a schema takes one reading of the models, that tells how they inherit and what is installed", async () => {
  const { odoo } = readConfig({});
  const sample = openSnapshotSource(odoo.kind === "snapshot" ? odoo.path : "");
  const asked: string[] = [];
  const counted: OdooSource = {
    ...sample,
    records: (model, ...more) => {
      asked.push(model);
      return sample.records(model, ...more);
    },
  };
  const reader = new SchemaReader(counted, null);
  const { inherited, installed, modelNames } = await reader.read();
  expect(await reader.read()).toMatchObject({ reading: 1 });
  expect(asked.filter((model) => model === "ir.model")).toEqual(["ir.model"]);
  expect(inherited.get("product.product")).toContain("product.template");
  expect(installed.length).toBe(modelNames.size);
  expect(installed.find(({ model }) => model === "sale.order")).toMatchObject({ isConcrete: true, isManual: false });
});
