import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Changes } from "../../../infra/odoo/change-reader.ts";
import { renamedRecords } from "../../../ingest/changes/renamed-records.ts";
import { openOdooRecords } from "../../../ingest/sources/odoo-records.ts";
import type { PolicySnapshot } from "../../../permissions/policy-snapshot.ts";
import { describe as describeModel, inventedPolicy } from "../../permissions/invented-policy.ts";
import { type LivingOdoo, livingOdoo } from "../../support/living-odoo.ts";
import { plainTextParser } from "../../support/plain-text-parser.ts";

const MODELS = [
  describeModel("res.partner", { display_name: "char", name: "char", parent_id: ">res.partner" }),
  describeModel("product.product", {
    display_name: "char",
    name: { type: "char", label: "Name", stored: false, related: "product_tmpl_id.name" },
    product_tmpl_id: ">product.template",
  }),
  describeModel("purchase.order", {
    display_name: "char",
    name: "char",
    partner_id: ">res.partner",
    user_id: ">res.users",
  }),
  describeModel("purchase.order.line", { order_id: ">purchase.order", product_id: ">product.product", name: "char" }),
];

const invented = inventedPolicy();
const policy: PolicySnapshot = {
  ...invented,
  models: {
    ...invented.models,
    ...Object.fromEntries(MODELS.map((model) => [model.model, model])),
    "res.users": { ...describeModel("res.users", {}), inherits: { "res.partner": "partner_id" } },
  },
  ingestedModels: MODELS.map(({ model }) => model),
};
const WATCHED = [...MODELS.map(({ model }) => model), "product.template"];

let odoo: LivingOdoo;

const written = (model: string, ...ids: readonly number[]): Changes =>
  new Map([[model, { written: new Set(ids), removed: new Set() }]]);

async function readAll(): Promise<void> {
  const source = await openOdooRecords({ odoo, policy, parser: plainTextParser });
  for await (const item of source.items()) void item;
}

async function find(changes: Changes = new Map(), watched: readonly string[] = WATCHED) {
  const { showing } = await renamedRecords(changes, { odoo, policy, watched });
  return Object.fromEntries([...showing].map(([model, ids]) => [model, [...ids].toSorted((a, b) => a - b)]));
}

/** Gives a record another name, as those who link to it read it too. */
function rename(model: string, id: number, name: string, links: readonly (readonly [string, number, string])[]): void {
  odoo.write(model, id, { display_name: name, name });
  for (const [bearer, bearerId, field] of links)
    odoo.write(bearer, bearerId, { [field]: [id, name] }, odoo.now() - 86_400);
}

beforeEach(async () => {
  odoo = livingOdoo({
    "res.partner": [
      { id: 7, display_name: "Voltaris", name: "Voltaris", parent_id: false },
      { id: 8, display_name: "Voltaris, Vera", name: "Vera", parent_id: [7, "Voltaris"] },
      { id: 9, display_name: "Nobody", name: "Nobody", parent_id: false },
    ],
    "res.users": [{ id: 10, display_name: "Bo", partner_id: [70, "Bo"] }],
    "product.product": [{ id: 3, display_name: "Lamp", name: "Lamp", product_tmpl_id: [30, "Lamp"] }],
    "product.template": [{ id: 30, display_name: "Lamp", name: "Lamp" }],
    "purchase.order": [
      { id: 1, display_name: "P1", name: "P1", partner_id: [7, "Voltaris"], user_id: [10, "Bo"] },
      { id: 2, display_name: "P2", name: "P2", partner_id: [8, "Voltaris, Vera"], user_id: false },
    ],
    "purchase.order.line": [{ id: 11, order_id: [2, "P2"], product_id: [3, "Lamp"], name: "Lamp" }],
    "res.company": [],
    "mail.message": [],
    "ir.attachment": [],
  });
  await readAll();
  await find();
});

describe("the records that show a name that changed", () => {
  it("are those that link to the renamed record, whatever their own date says", async () => {
    rename("res.partner", 8, "Voltaris, Vera V.", [["purchase.order", 2, "partner_id"]]);
    expect(await find(written("res.partner", 8))).toEqual({ "purchase.order": [2] });
  });

  it("are none when something else was written, or nothing links there: then Odoo is asked for a name at most", async () => {
    odoo.write("res.partner", 7, { phone: "1" });
    const asked = odoo.asked.length;
    expect(await find(written("res.partner", 7))).toEqual({});
    expect(odoo.asked.slice(asked)).toEqual(["records res.partner"]);
    odoo.write("res.partner", 9, { display_name: "Somebody" });
    expect(await find(written("res.partner", 9))).toEqual({});
    expect(odoo.asked.slice(asked)).toEqual(["records res.partner"]);
  });

  it("are found through names that follow from the name: a contact's from its company's", async () => {
    rename("res.partner", 7, "Voltara", [
      ["purchase.order", 1, "partner_id"],
      ["res.partner", 8, "parent_id"],
    ]);
    rename("res.partner", 8, "Voltara, Vera", [["purchase.order", 2, "partner_id"]]);
    expect(await find(written("res.partner", 7))).toEqual({ "res.partner": [8], "purchase.order": [1, 2] });
  });

  it("are found through their lines", async () => {
    rename("product.product", 3, "Lantern", [["purchase.order.line", 11, "product_id"]]);
    expect(await find(written("product.product", 3))).toEqual({ "purchase.order": [2] });
  });

  it("are found by a value of the linked record as well, where they show it", async () => {
    odoo.write("product.template", 30, { name: "Lantern" });
    expect(await find(written("product.template", 30))).toEqual({ "product.product": [3] });
  });

  it("are found for models that nobody follows now and then, by when one of their records was written last", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      odoo.tick(60);
      rename("res.users", 10, "Bo Lindqvist", [["purchase.order", 1, "user_id"]]);
      expect(await find()).toEqual({});
      vi.advanceTimersByTime(60_000);
      expect(await find()).toEqual({ "purchase.order": [1] });
      vi.advanceTimersByTime(60_000);
      const asked = odoo.asked.length;
      expect(await find()).toEqual({});
      expect(odoo.asked.slice(asked)).not.toContain("records res.users");
    } finally {
      vi.useRealTimers();
    }
  });

  it("are found when the rename came in the middle of a reading, once", async () => {
    rename("res.partner", 7, "Voltara", []);
    odoo.write("res.partner", 8, { parent_id: [7, "Voltara"] });
    await readAll();
    expect(await find()).toEqual({ "res.partner": [8], "purchase.order": [1] });
    await readAll();
    expect(await find()).toEqual({});
  });

  it("are not read again and again when two accounts call a record by different names", async () => {
    odoo.write("purchase.order", 1, { partner_id: [7, "Voltaris (for Bo)"] });
    await readAll();
    await find();
    for (let round = 0; round < 3; round += 1) {
      await readAll();
      expect(await find()).toEqual({});
    }
  });

  it("are not looked for where the account may not read the linked model, and the look goes on", async () => {
    odoo.write("purchase.order", 1, { user_id: [10, "Bo L."] });
    await readAll();
    const before = { ...odoo };
    vi.spyOn(odoo, "records").mockImplementation((model, ...rest) =>
      before.records(model === "res.users" ? "no.model" : model, ...rest),
    );
    rename("res.partner", 8, "Voltaris, Vera V.", [["purchase.order", 2, "partner_id"]]);
    expect(await find(written("res.partner", 8))).toEqual({ "purchase.order": [2] });
  });

  it("wait for the next look when they are many", async () => {
    for (let id = 100; id < 2_600; id += 1) {
      odoo.write("purchase.order", id, { display_name: `P${id}`, name: `P${id}`, partner_id: [7, "Voltaris"] });
    }
    rename("res.partner", 7, "Voltara", []);
    const first = await find(written("res.partner", 7));
    const second = await find();
    expect(Object.values(first).flat().length).toBe(2_000);
    expect(Object.values(first).flat().length + Object.values(second).flat().length).toBe(2_502);
    expect(await find()).toEqual({});
  });
});
