import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../../../infra/db/port.ts";
import { openChangeReader } from "../../../infra/odoo/change-reader.ts";
import { OdooFollower } from "../../../ingest/changes/odoo-follower.ts";
import { ingestSource } from "../../../ingest/ingest-source.ts";
import { openOdooRecords } from "../../../ingest/sources/odoo-records.ts";
import type { PolicySnapshot, RecordRule } from "../../../permissions/policy-snapshot.ts";
import { describe as describeModel, inventedPolicy } from "../../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { type LivingOdoo, livingOdoo } from "../../support/living-odoo.ts";
import { type MemoryDocuments, memoryDocuments } from "../../support/memory-documents.ts";
import { plainTextParser } from "../../support/plain-text-parser.ts";
import { embeddedAtOnce } from "../../support/embedded-at-once.ts";

const MODELS = [
  describeModel("purchase.order", {
    display_name: "char",
    name: "char",
    note: "html",
    company_id: ">res.company",
    user_id: ">res.users",
    message_partner_ids: ">>res.partner",
    tag_ids: ">>tag",
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
  describeModel("product.template", { company_id: ">res.company" }),
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

const rule = (model: string, domain: string): RecordRule => ({ id: 1, name: model, model, groupIds: [], domain });
const COMPANY = "[('company_id', 'in', company_ids)]";

function policyOf(recordRules: readonly RecordRule[], epoch = "epoch-1"): PolicySnapshot {
  const invented = inventedPolicy();
  return {
    ...invented,
    epoch,
    models: { ...invented.models, ...Object.fromEntries(MODELS.map((model) => [model.model, model])) },
    ingestedModels: MODELS.map(({ model }) => model).filter((model) => model !== "product.template"),
    recordRules,
  };
}

const USUAL = ["purchase.order", "purchase.order.line", "product.template"].map((model) => rule(model, COMPANY));

let odoo: LivingOdoo;
let documents: MemoryDocuments;
let policy: PolicySnapshot;
let saved: PolicySnapshot[];
let follower: OdooFollower;

/** The policy first, then the records, as whoever follows does again and again. */
async function look() {
  await follower.takePolicy();
  return follower.look();
}

function company(key: string, part = "main"): readonly unknown[] | undefined {
  const access = documents.documents.get(key)?.parts.find((each) => each.key === part)?.access;
  return access?.["company_id"] ?? access?.["record.company_id"];
}

function attribute(key: string, name: string): readonly unknown[] | undefined {
  return documents.documents.get(key)?.parts.find((part) => part.key === "main")?.access[name];
}

const followers = () => attribute("purchase.order/2", "message_partner_ids");
const tags = () => attribute("purchase.order/1", "tag_ids");

beforeEach(async () => {
  odoo = livingOdoo(
    {
      ...Object.fromEntries(Object.keys(policyOf(USUAL).models).map((model) => [model, []])),
      "purchase.order": [1, 2].map((id) => ({
        id,
        display_name: `P${id}`,
        name: `P${id}`,
        note: "text",
        company_id: [1, "Main"],
        user_id: [10, "Bo"],
        message_partner_ids: [100],
        tag_ids: [3],
      })),
      "purchase.order.line": [11, 12].map((id) => ({
        id,
        order_id: [1, "P1"],
        product_id: [7, `Lamp ${id}`],
        product_qty: id,
        company_id: [1, "Main"],
      })),
      "product.product": [{ id: 7, display_name: "Lamp", default_code: "L-7", product_tmpl_id: [70, "Lamp"] }],
      "product.template": [{ id: 70, company_id: [1, "Main"] }],
      "mail.message": [
        {
          id: 5,
          record_name: "P1",
          body: "<p>Agreed.</p>",
          model: "purchase.order",
          res_id: 1,
          author_id: [100, "Bo"],
          partner_ids: [],
          notified_partner_ids: [],
          message_type: "comment",
          is_internal: false,
          subtype_id: [1, "Discussions"],
        },
      ],
      "ir.attachment": [
        { id: 9, name: "quote.txt", checksum: "c1", res_model: "mail.message", res_id: 5, create_uid: [10, "Bo"] },
      ],
      "mail.followers": [{ id: 1000, res_model: "purchase.order", res_id: 2, partner_id: [100, "Bo"] }],
    },
    ["mail.followers"],
  );
  documents = memoryDocuments();
  policy = policyOf(USUAL);
  saved = [];
  const policies = {
    latest: async () => saved.at(-1) ?? null,
    save: async (each: PolicySnapshot) => void saved.push(each),
  };
  const tools = {
    odoo,
    database: { ingested: documents, policies } as unknown as Database,
    parser: plainTextParser,
    changes: openChangeReader(odoo),
    policies: { read: async () => policy },
  };
  follower = new OdooFollower(tools);
  const source = await openOdooRecords({ odoo, policy: await follower.start(), parser: plainTextParser });
  await ingestSource(
    source,
    embeddedAtOnce({ ingested: documents, vectors: documents.vectors, embedder: bagOfWordsEmbedder(4) }),
  );
  odoo.tick(60);
  await look();
});

describe("following a live Odoo", () => {
  it("saves the policy when it is another one, and finds nothing while nothing changes", async () => {
    expect(await look()).toMatchObject({ changed: [], removed: 0 });
    expect(saved.map(({ epoch }) => epoch)).toEqual(["epoch-1"]);
    policy = policyOf(USUAL, "epoch-2");
    await look();
    expect(saved.map(({ epoch }) => epoch)).toEqual(["epoch-1", "epoch-2"]);
  });

  it("gives a record its new access before its text is brought up to date, with the message and the file that hang on it", async () => {
    odoo.write("purchase.order", 1, { company_id: [2, "Other"], note: "new text" });
    const writes = documents.writes.length;
    const { changed } = await look();
    expect(company("purchase.order/1")).toEqual([2]);
    expect(company("mail.message/5")).toEqual([2]);
    expect(documents.documents.get("ir.attachment/9")?.parts[0]?.access["record.record.company_id"]).toEqual([2]);
    expect(company("purchase.order/2")).toEqual([1]);
    expect(changed.toSorted()).toEqual(["ir.attachment/9", "mail.message/5", "purchase.order/1"]);
    expect(documents.writes.length).toBe(writes);
  });

  it("gives an item once while it waits, however often it is looked at, and again when it changes meanwhile", async () => {
    odoo.write("purchase.order", 1, { note: "new text" });
    expect((await look()).changed).toEqual(["purchase.order/1"]);
    expect((await look()).changed).toEqual([]);
    odoo.write("purchase.order", 1, { note: "newer text" });
    expect((await look()).changed.toSorted()).toEqual(["purchase.order/1"]);
  });

  it("removes what is gone at once", async () => {
    odoo.remove("purchase.order", 1);
    odoo.remove("mail.message", 5);
    odoo.remove("ir.attachment", 9);
    expect(await look()).toMatchObject({ removed: 3 });
    expect([...documents.documents.keys()].toSorted()).toEqual(["product.product/7", "purchase.order/2"]);
  });

  it("reads a record again whose line was written, moved or removed", async () => {
    odoo.write("purchase.order.line", 11, { product_qty: 99 });
    expect((await look()).changed.toSorted()).toEqual(["purchase.order/1"]);
    odoo.tick(10);
    odoo.write("purchase.order.line", 11, { order_id: [2, "P2"] });
    expect((await look()).changed.toSorted()).toEqual(["purchase.order/1", "purchase.order/2"]);
    odoo.tick(10);
    await look();
    odoo.remove("purchase.order.line", 12);
    expect((await look()).changed.toSorted()).toContain("purchase.order/1");
  });

  it("follows the link to an inherited record: the template's company is the product's", async () => {
    odoo.write("product.template", 70, { company_id: [2, "Other"] });
    await look();
    const access = documents.documents.get("product.product/7")?.parts[0]?.access;
    expect(access?.["product_tmpl_id.company_id"]).toEqual([2]);
  });

  it("asks for a new attribute of all records when a rule names it", async () => {
    policy = policyOf([rule("purchase.order", "[('user_id', '=', user.id)]"), ...USUAL.slice(1)], "epoch-2");
    await look();
    for (const key of ["purchase.order/1", "purchase.order/2"]) {
      expect(documents.documents.get(key)?.parts.find(({ key: part }) => part === "main")?.access["user_id"]).toEqual([
        10,
      ]);
    }
    expect(documents.documents.get("mail.message/5")?.parts[0]?.access["record.user_id"]).toEqual([10]);
  });

  it("notices followers that come and go, which leave no date on the record", async () => {
    policy = policyOf([rule("purchase.order", "[('message_partner_ids', 'in', [user.partner_id.id])]")], "epoch-2");
    await look();
    odoo.tick(600);
    await look();
    expect(followers()).toEqual([100]);
    odoo.write("purchase.order", 2, { message_partner_ids: [] }, odoo.now() - 86_400);
    odoo.remove("mail.followers", 1000);
    await look();
    expect(followers()).toEqual([]);
    odoo.write("purchase.order", 2, { message_partner_ids: [101] }, odoo.now() - 86_400);
    odoo.write("mail.followers", 1001, { res_model: "purchase.order", res_id: 2, partner_id: [101, "Mia"] });
    await look();
    expect(followers()).toEqual([101]);
  });

  it("follows links that are cut from their other end: the attributes that are held tell who was linked", async () => {
    policy = policyOf([rule("purchase.order", "[('tag_ids', 'in', [3])]")], "epoch-2");
    odoo.write("tag", 3, {});
    await look();
    odoo.tick(600);
    await look();
    expect(tags()).toEqual([3]);
    odoo.write("purchase.order", 1, { tag_ids: [] }, odoo.now() - 86_400);
    odoo.write("tag", 3, {});
    await look();
    expect(tags()).toEqual([]);
    odoo.write("purchase.order", 1, { tag_ids: [3] }, odoo.now() - 86_400);
    odoo.write("tag", 3, {});
    await look();
    expect(tags()).toEqual([3]);
  });

  it("knows when changes were lost, so that everything is read again", async () => {
    odoo.write("purchase.order", 1, { company_id: [2, "Other"] });
    const fault = vi.spyOn(documents, "states").mockRejectedValue(new Error("the database is gone"));
    await expect(look()).rejects.toThrow("the database is gone");
    expect(follower.hasLost).toBe(true);
    fault.mockRestore();
    await follower.start();
    expect(follower.hasLost).toBe(false);
  });

  it("loses nothing when Odoo does not answer: the change is found at the next look", async () => {
    odoo.write("purchase.order", 1, { company_id: [2, "Other"] });
    const fault = vi.spyOn(odoo, "extent").mockRejectedValue(new Error("no answer"));
    await expect(look()).rejects.toThrow("no answer");
    expect(follower.hasLost).toBe(false);
    fault.mockRestore();
    await look();
    expect(company("purchase.order/1")).toEqual([2]);
  });
});
