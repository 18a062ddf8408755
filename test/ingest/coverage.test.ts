import { beforeEach, describe, expect, it } from "vitest";
import { readCoverage } from "../../ingest/coverage.ts";
import { ingestSource } from "../../ingest/ingest-source.ts";
import { openOdooRecords } from "../../ingest/sources/odoo-records.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { describe as describeModel, inventedPolicy } from "../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { type LivingOdoo, livingOdoo } from "../support/living-odoo.ts";
import { type MemoryDocuments, memoryDocuments } from "../support/memory-documents.ts";
import { plainTextParser } from "../support/plain-text-parser.ts";
import { embeddedAtOnce } from "../support/embedded-at-once.ts";

const MODELS = [
  describeModel("purchase.order", { display_name: "char", name: "char" }),
  describeModel("res.partner", { display_name: "char", name: "char" }),
  describeModel("ir.attachment", {
    name: "char",
    checksum: "char",
    res_model: "char",
    res_id: "many2one_reference",
    res_field: "char",
  }),
];
const invented = inventedPolicy();
const policy: PolicySnapshot = {
  ...invented,
  models: { ...invented.models, ...Object.fromEntries(MODELS.map((model) => [model.model, model])) },
  ingestedModels: MODELS.map(({ model }) => model),
};

let odoo: LivingOdoo;
let held: MemoryDocuments;
const coverage = () => readCoverage({ odoo, policy, parser: plainTextParser, ingested: held });
const whole = { failed: 0, empty: 0, waiting: 0, unexplained: 0, gone: 0, refusal: null };

beforeEach(async () => {
  odoo = livingOdoo({
    ...Object.fromEntries(Object.keys(policy.models).map((model) => [model, []])),
    "purchase.order": [1, 2, 3].map((id) => ({ id, display_name: `P${id}`, name: `P${id}` })),
    "res.partner": [{ id: 7, display_name: "Voltaris", name: "Voltaris" }],
  });
  held = memoryDocuments();
  const source = await openOdooRecords({ odoo, policy, parser: plainTextParser });
  await ingestSource(
    source,
    embeddedAtOnce({ ingested: held, vectors: held.vectors, embedder: bagOfWordsEmbedder(4) }),
  );
});

describe("coverage", () => {
  it("counts what Odoo has against what is held, and asks for no more where both are equal", async () => {
    const asked = odoo.asked.length;
    expect(await coverage()).toEqual([
      { model: "ir.attachment", inOdoo: 0, held: 0, ...whole },
      { model: "purchase.order", inOdoo: 3, held: 3, ...whole },
      { model: "res.partner", inOdoo: 1, held: 1, ...whole },
    ]);
    expect(odoo.asked.slice(asked).toSorted()).toEqual([
      "count ir.attachment",
      "count purchase.order",
      "count res.partner",
    ]);
  });

  it("tells failed, empty, waiting and gone records apart, though the numbers may agree", async () => {
    odoo.remove("purchase.order", 1);
    odoo.remove("purchase.order", 2);
    odoo.write("purchase.order", 4, { display_name: "P4", name: "P4" });
    odoo.write("purchase.order", 5, {});
    odoo.write("purchase.order", 6, { display_name: "P6", name: "P6" });
    const failure = {
      source: "odoo:living",
      key: "purchase.order/6",
      code: "odoo-refused",
      reason: "No.",
      at: "",
      fingerprint: null,
      work: null,
    };
    await held.fail(failure, { keepEarlier: false });
    const orders = (await coverage()).find(({ model }) => model === "purchase.order");
    expect(orders).toEqual({
      model: "purchase.order",
      inOdoo: 4,
      held: 3,
      failed: 1,
      empty: 1,
      waiting: 1,
      unexplained: 0,
      gone: 2,
      refusal: null,
    });
  });

  it("does not count what a file holds for records", async () => {
    for (const order of [...held.documents.values()].slice(0, 1)) {
      await held.write([{ ...order, id: "other", key: "ir.attachment/9#1-quote.pdf", model: "ir.attachment" }]);
    }
    expect((await coverage()).find(({ model }) => model === "ir.attachment")).toMatchObject({ inOdoo: 0, held: 0 });
  });

  it("reports a model that Odoo refuses and goes on", async () => {
    const before = odoo;
    odoo = {
      ...before,
      count: (model) => before.count(model === "purchase.order" ? "no.such.model" : model),
    };
    const found = await coverage();
    expect(found.find(({ model }) => model === "purchase.order")).toMatchObject({
      inOdoo: null,
      held: 3,
      refusal: "There is no no.such.model.",
    });
    expect(found.find(({ model }) => model === "res.partner")).toMatchObject({ inOdoo: 1, held: 1 });
  });
});
