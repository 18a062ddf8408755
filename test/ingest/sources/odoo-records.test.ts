import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../../infra/errors.ts";
import type { OdooRecord } from "../../../infra/odoo/port.ts";
import type { Parser } from "../../../ingest/parsers/port.ts";
import { plainTextParser } from "../../support/plain-text-parser.ts";
import { openOdooRecords } from "../../../ingest/sources/odoo-records.ts";
import type { DraftDocument, SourceItem } from "../../../ingest/sources/port.ts";
import type { ModelDescription, PolicySnapshot, RecordRule } from "../../../permissions/policy-snapshot.ts";
import { describe as describeModel, inventedPolicy } from "../../permissions/invented-policy.ts";
import { type InventedOdoo, inventedOdoo } from "../records/invented-odoo.ts";

const rule = (model: string, domain: string): RecordRule => ({
  id: 1,
  name: `${model} rule`,
  model,
  groupIds: [],
  domain,
});

const MODELS: readonly ModelDescription[] = [
  describeModel("purchase.order", {
    display_name: "char",
    name: "char",
    partner_id: ">res.partner",
    amount_total: { type: "monetary", label: "Total", currencyField: "currency_id" },
    currency_id: ">res.currency",
    company_id: ">res.company",
    create_uid: ">res.users",
  }),
  describeModel("purchase.order.line", {
    order_id: ">purchase.order",
    product_id: ">product.product",
    product_qty: "float",
    company_id: ">res.company",
  }),
  {
    ...describeModel("product.product", {
      display_name: "char",
      default_code: "char",
      product_tmpl_id: { type: "many2one", label: "Template", relation: "product.template", required: true },
    }),
    inherits: { "product.template": "product_tmpl_id" },
  },
  describeModel("product.template", { id: "integer", company_id: ">res.company" }),
  describeModel("mail.message", {
    record_name: "char",
    body: "html",
    model: "char",
    res_id: "many2one_reference",
    author_id: ">res.partner",
    partner_ids: ">>res.partner",
    notified_partner_ids: ">>res.partner",
    message_type: "selection",
    is_internal: "boolean",
    subtype_id: ">mail.message.subtype",
  }),
  describeModel("ir.attachment", {
    name: "char",
    checksum: "char",
    res_model: "char",
    res_id: "many2one_reference",
    res_field: "char",
    public: "boolean",
    create_uid: ">res.users",
  }),
];

const policy: PolicySnapshot = (() => {
  const invented = inventedPolicy();
  return {
    ...invented,
    models: { ...invented.models, ...Object.fromEntries(MODELS.map((model) => [model.model, model])) },
    ingestedModels: MODELS.map(({ model }) => model).filter((model) => model !== "product.template"),
    recordRules: ["purchase.order", "purchase.order.line", "product.template"].map((model) =>
      rule(model, "[('company_id', 'in', company_ids)]"),
    ),
  };
})();

const ORDER = {
  id: 1,
  display_name: "P1",
  name: "P1",
  partner_id: [7, "Voltaris"],
  amount_total: 100,
  currency_id: [1, "USD"],
  company_id: [1, "Main"],
  create_uid: [10, "Bo"],
};
const MESSAGE = {
  id: 5,
  record_name: "P1",
  body: "<p>Prices agreed.</p>",
  model: "purchase.order",
  res_id: 1,
  author_id: [100, "Bo"],
  partner_ids: [],
  notified_partner_ids: [],
  message_type: "comment",
  is_internal: false,
  subtype_id: [1, "Discussions"],
};
const FILE = {
  id: 9,
  name: "quote.txt",
  checksum: "c1",
  res_model: "purchase.order",
  res_id: 1,
  res_field: false,
  public: false,
  create_uid: [10, "Bo"],
};

/** A parser to which every file holds these; an empty one cannot be read. */
function holding(held: Readonly<Record<string, string>>): Parser {
  return {
    parse: async (bytes, name, signal) => {
      if (bytes.length === 0) throw new GroundworkError("empty-file", "The file is empty.");
      const parsed = await plainTextParser.parse(bytes, name, signal);
      const attachments = Object.entries(held).map(([each, text]) => ({ name: each, bytes: Buffer.from(text) }));
      return { ...parsed, attachments: name === FILE.name ? attachments : [] };
    },
  };
}

async function read(
  records: Readonly<Record<string, readonly object[]>>,
  more: {
    readonly files?: InventedOdoo["files"];
    readonly policy?: PolicySnapshot;
    readonly parser?: Parser;
  } = {},
) {
  const odoo = inventedOdoo({
    records: records as Readonly<Record<string, readonly OdooRecord[]>>,
    ...(more.files === undefined ? {} : { files: more.files }),
  });
  const source = await openOdooRecords({ odoo, policy: more.policy ?? policy, parser: more.parser ?? plainTextParser });
  const items: SourceItem[] = [];
  for await (const item of source.items()) items.push(item);
  const documents = new Map<string, DraftDocument>();
  for (const item of items) for (const document of (await item.load()).documents) documents.set(document.key, document);
  return { source, odoo, items, documents, main: (key: string) => documents.get(key)?.parts[0] };
}

const orderFingerprint = async (order: object, lines: readonly object[] = []) =>
  (await read({ "purchase.order": [order], "purchase.order.line": lines })).items[0]?.fingerprint;

describe("the records of an Odoo", () => {
  it("become documents with their title, their place in Odoo and their access attributes", async () => {
    const { source, documents, main } = await read({ "purchase.order": [ORDER] });
    expect(source.name).toBe("odoo:invented");
    expect(documents.get("purchase.order/1")).toMatchObject({
      kind: "purchase order",
      title: "Purchase order P1",
      recordId: 1,
      url: "/odoo/purchase.order/1",
    });
    expect(main("purchase.order/1")?.access).toEqual({ model: ["purchase.order"], company_id: [1], requires: [] });
    expect(main("purchase.order/1")?.text).toContain("Bo");
  });

  it("show money with its currency, also where the currency is no field of its own in the text", async () => {
    const { main } = await read({ "purchase.order": [ORDER] });
    expect(main("purchase.order/1")?.text).toMatch(/Total: 100\.00 USD/);
  });

  it("have their lines in parts under the line's own attributes", async () => {
    const line = { id: 3, order_id: [1, "P1"], product_id: [2, "Bolt"], product_qty: 4, company_id: [2, "Other"] };
    const stray = { id: 4, order_id: [99, "P99"], product_id: [2, "Stray"], product_qty: 4, company_id: [1, "Main"] };
    const { documents } = await read({ "purchase.order": [ORDER], "purchase.order.line": [line, stray] });
    const parts = documents.get("purchase.order/1")?.parts ?? [];
    expect(parts.map(({ key }) => key)).toEqual(["main", "purchase.order.line"]);
    expect(parts[1]?.access).toEqual({ model: ["purchase.order.line"], company_id: [2], requires: [] });
    expect(parts[1]?.text).toContain("Bolt");
    expect(JSON.stringify(parts)).not.toContain("Stray");
  });

  it("bear the attributes of their `_inherits` parent under its link", async () => {
    const product = { id: 2, display_name: "Bolt", default_code: "B8", product_tmpl_id: [20, "Bolt"] };
    const orphan = { id: 3, display_name: "Nut", default_code: "N8", product_tmpl_id: [21, "Nut"] };
    const { main } = await read({
      "product.product": [product, orphan],
      "product.template": [{ id: 20, company_id: [2, "Other"] }],
    });
    expect(main("product.product/2")?.access).toMatchObject({ "product_tmpl_id.company_id": [2] });
    expect(main("product.product/3")?.access, "a parent that was not read stays unknown").not.toHaveProperty([
      "product_tmpl_id.company_id",
    ]);
  });

  it("tell a parent without a value from one that is unknown", async () => {
    const product = { id: 2, display_name: "Bolt", default_code: "B8", product_tmpl_id: [20, "Bolt"] };
    const { main } = await read({ "product.product": [product], "product.template": [{ id: 20, company_id: false }] });
    expect(main("product.product/2")?.access).toMatchObject({ "product_tmpl_id.company_id": [] });
  });

  it("bear the parent's id where a rule asks for it", async () => {
    const product = { id: 2, display_name: "Bolt", default_code: "B8", product_tmpl_id: [20, "Bolt"] };
    const { main } = await read(
      { "product.product": [product], "product.template": [{ id: 20 }] },
      { policy: { ...policy, recordRules: [rule("product.template", "[('id', 'in', [20])]")] } },
    );
    expect(main("product.product/2")?.access).toMatchObject({ product_tmpl_id: [20] });
  });

  it("ask Odoo for nothing that the policy does not describe", async () => {
    const { odoo } = await read({ "purchase.order": [ORDER] });
    for (const [model = "", ...fields] of odoo.asked) {
      expect(
        fields.filter((field) => !Object.hasOwn(policy.models[model]?.fields ?? {}, field)),
        model,
      ).toEqual([]);
    }
    expect(odoo.asked.map(([model]) => model)).not.toContain("sale.order");
  });

  it("change their fingerprint with text, access and lines, and with nothing else", async () => {
    const before = await orderFingerprint(ORDER);
    expect(await orderFingerprint({ ...ORDER, write_date: "2026-11-21" })).toBe(before);
    expect(await orderFingerprint({ ...ORDER, amount_total: 101 })).not.toBe(before);
    expect(await orderFingerprint({ ...ORDER, company_id: [2, "Main"] })).not.toBe(before);
    expect(await orderFingerprint(ORDER, [{ id: 3, order_id: [1, "P1"], product_qty: 1, company_id: false }])).not.toBe(
      before,
    );
  });
});

const fileFingerprint = async (order: object, file: object) =>
  (await read({ "purchase.order": [order], "ir.attachment": [file] }, { files: { 9: "x" } })).items.at(-1)?.fingerprint;

describe("what hangs on a record", () => {
  it("bears the record's attributes beside its own, messages and files alike", async () => {
    const { main, documents } = await read(
      { "purchase.order": [ORDER], "mail.message": [MESSAGE], "ir.attachment": [FILE] },
      { files: { 9: "We quote 12 USD." } },
    );
    const behind = { "record.model": ["purchase.order"], "record.company_id": [1] };
    expect(main("mail.message/5")?.access).toMatchObject({ ...behind, model: ["mail.message"], author_id: [100] });
    expect(main("ir.attachment/9")?.access).toMatchObject({ ...behind, model: ["ir.attachment"], res_field: [] });
    expect(documents.get("mail.message/5")?.title).toBe("Message on P1");
    expect(documents.get("ir.attachment/9")).toMatchObject({ title: "Attachment quote.txt", url: "/web/content/9" });
    expect(main("ir.attachment/9")?.text).toBe("We quote 12 USD.");
  });

  it("is found by the record, and an attachment's name is cited by its text", async () => {
    const { main } = await read(
      { "purchase.order": [ORDER], "mail.message": [MESSAGE], "ir.attachment": [FILE] },
      { files: { 9: "We quote 12 USD." } },
    );
    for (const key of ["mail.message/5", "ir.attachment/9"]) {
      const facts = Object.fromEntries((main(key)?.facts ?? []).map(({ name, value }) => [name, value]));
      expect([facts["model"] ?? facts["res_model"], facts["res_id"]]).toEqual(["purchase.order", 1]);
    }
    const name = main("ir.attachment/9")?.facts.find((fact) => fact.name === "name");
    expect(main("ir.attachment/9")?.text.slice(name?.start, name?.end)).toBe("We quote 12 USD.");
  });

  it("leaves the record unknown when it is not ingested, so that nobody reads it for the record's sake", async () => {
    const other = { ...MESSAGE, model: "project.task", res_id: 1 };
    const { main } = await read({ "purchase.order": [ORDER], "mail.message": [other] });
    expect(Object.keys(main("mail.message/5")?.access ?? {}).filter((name) => name.startsWith("record."))).toEqual([]);
  });

  it("reaches a file through the message that it hangs on", async () => {
    const onMessage = { ...FILE, res_model: "mail.message", res_id: 5 };
    const { main } = await read(
      { "purchase.order": [ORDER], "mail.message": [MESSAGE], "ir.attachment": [onMessage] },
      { files: { 9: "text" } },
    );
    expect(main("ir.attachment/9")?.access).toMatchObject({
      "record.model": ["mail.message"],
      "record.record.company_id": [1],
    });
  });

  it("is passed over when it is a file that stands for a field, or a bundle of scripts", async () => {
    for (const other of [{ res_field: "image_128" }, { res_model: "ir.ui.view" }])
      expect((await read({ "ir.attachment": [{ ...FILE, ...other }] })).items).toEqual([]);
  });

  it("gives what a file holds as documents of their own, under the same access and found by the same record", async () => {
    const { documents, main } = await read(
      { "purchase.order": [ORDER], "mail.message": [MESSAGE], "ir.attachment": [FILE] },
      { files: { 9: "Please find our quote." }, parser: holding({ "quote.pdf": "12 USD a piece.", "seal.bin": "" }) },
    );
    expect(documents.get("ir.attachment/9#1-quote.pdf")).toMatchObject({
      title: "Attachment quote.pdf (in quote.txt)",
      model: "ir.attachment",
      recordId: 9,
      url: "/web/content/9",
    });
    expect(main("ir.attachment/9#1-quote.pdf")?.text).toBe("12 USD a piece.");
    expect(main("ir.attachment/9#1-quote.pdf")?.access).toEqual(main("ir.attachment/9")?.access);
    const facts = main("ir.attachment/9#1-quote.pdf")?.facts.map(({ name, value }) => [name, value]);
    expect(facts).toEqual([
      ["name", "quote.pdf"],
      ["res_model", "purchase.order"],
      ["res_id", 1],
    ]);
  });

  it("names what a file holds and could not be read, and keeps the rest", async () => {
    const { items, documents } = await read(
      { "ir.attachment": [FILE] },
      { files: { 9: "Please find our quote." }, parser: holding({ "seal.bin": "" }) },
    );
    expect((await items[0]?.load())?.failures).toMatchObject([
      { key: "ir.attachment/9#1-seal.bin", error: { code: "empty-file" } },
    ]);
    expect([...documents.keys()]).toEqual(["ir.attachment/9"]);
  });

  it("fails alone when its file cannot be had", async () => {
    const odoo = inventedOdoo({ records: { "ir.attachment": [FILE] } });
    const source = await openOdooRecords({ odoo, policy, parser: plainTextParser });
    for await (const item of source.items()) await expect(item.load()).rejects.toMatchObject({ code: "odoo-refused" });
  });

  it("changes its fingerprint with its bytes and with the record's access", async () => {
    const before = await fileFingerprint(ORDER, FILE);
    expect(await fileFingerprint(ORDER, FILE)).toBe(before);
    expect(await fileFingerprint(ORDER, { ...FILE, checksum: "c2" })).not.toBe(before);
    expect(await fileFingerprint({ ...ORDER, company_id: [2, "Other"] }, FILE)).not.toBe(before);
  });
});
