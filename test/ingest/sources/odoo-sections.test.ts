import { expect, it } from "vitest";
import { openOdooRecords } from "../../../ingest/sources/odoo-records.ts";
import { describe, inventedPolicy } from "../../permissions/invented-policy.ts";
import { plainTextParser } from "../../support/plain-text-parser.ts";
import { inventedOdoo } from "../records/invented-odoo.ts";

it("the sections of an Odoo are windows of about as many records each, in the catalogue's order, and none of a model without any", async () => {
  const ingestedModels = ["purchase.order", "sale.order", "res.partner", "mail.message"];
  const models = Object.fromEntries(ingestedModels.map((model) => [model, describe(model, { name: "char" })]));
  const invented = inventedPolicy();
  const policy = { ...invented, ingestedModels, models: { ...invented.models, ...models } };
  const records = {
    "purchase.order": Array.from({ length: 1001 }, (_, at) => ({ id: 2 * at + 1 })),
    "res.partner": [{ id: 7 }],
  };
  const odoo = inventedOdoo({ records });
  const source = await openOdooRecords({ odoo, policy, parser: plainTextParser });
  expect(await source.sections()).toEqual([
    { scope: { model: "res.partner", idAfter: 0, idUpTo: null }, size: 1 },
    { scope: { model: "purchase.order", idAfter: 0, idUpTo: 1999 }, size: 1000 },
    { scope: { model: "purchase.order", idAfter: 1999, idUpTo: null }, size: 1 },
  ]);
});
