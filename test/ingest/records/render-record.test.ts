import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OdooValue } from "../../../infra/odoo/port.ts";
import { buildDocument } from "../../../ingest/build-document.ts";
import type { CataloguedModel } from "../../../ingest/catalogued-model.ts";
import { renderRecord } from "../../../ingest/records/render-record.ts";
import type { ReadRecord } from "../../../ingest/records/read-model.ts";
import type { DraftPart } from "../../../ingest/sources/port.ts";
import type { FieldDescription } from "../../../permissions/policy-snapshot.ts";
import { GROUPS, describe as describeModel, inventedPolicy } from "../../permissions/invented-policy.ts";

const field = (type: FieldDescription["type"], label: string, more: Partial<FieldDescription> = {}) => ({
  type,
  label,
  ...more,
});

const policy = inventedPolicy({
  models: {
    deal: describeModel("deal", {
      name: field("char", "Reference"),
      partner_id: field("many2one", "Vendor", { relation: "res.partner" }),
      state: field("selection", "Status", {
        selection: [
          ["sent", "RFQ Sent"],
          ["odd", " spaced\nlabel "],
        ],
      }),
      total: field("monetary", "Total", { currencyField: "currency_id" }),
      currency_id: field("many2one", "Currency"),
      rate: field("float", "Rate"),
      urgent: field("boolean", "Urgent"),
      due: field("date", "Due"),
      sent_at: field("datetime", "Sent"),
      note: field("html", "Terms"),
      create_uid: field("many2one", "Created by"),
      cost: field("float", "Cost", { groups: "purchase.manager" }),
      margin: field("float", "Margin", { groups: "purchase.manager, base.group_system" }),
      hidden: field("char", "Hidden", { groups: "." }),
      unknown_group: field("char", "Unknown", { groups: "nowhere.group" }),
      excluded: field("char", "Excluded", { groups: "!base.group_portal" }),
      tag_ids: field("many2many", "Tags"),
    }),
    "deal.line": describeModel("deal.line", {
      product_id: field("many2one", "Product"),
      name: field("text", "Description"),
      quantity: field("float", "Quantity"),
      purchase_price: field("float", "Cost", { groups: "purchase.manager" }),
    }),
  },
});

const OPEN_FIELDS = ["name", "partner_id", "state", "total", "rate", "urgent", "due", "sent_at", "note", "tag_ids"];
const OTHER_FIELDS = ["cost", "margin", "hidden", "unknown_group", "excluded", "not_there"];

const entry: CataloguedModel = {
  model: "deal",
  kind: "deal",
  fields: OPEN_FIELDS.concat(OTHER_FIELDS),
  references: ["create_uid"],
  lines: [
    {
      model: "deal.line",
      parentField: "deal_id",
      title: "Deal lines",
      fields: ["product_id", "name", "quantity", "purchase_price"],
    },
  ],
};

const access = { model: ["deal"], company_id: [1] };
const lineAccess = (company: number) => ({ model: ["deal.line"], company_id: [company] });

function render(record: Record<string, OdooValue>, lines: readonly ReadRecord[] = []): ReturnType<typeof renderRecord> {
  const read = (entry.lines ?? []).map((catalogued) => ({ catalogued, lines }));
  return renderRecord({ record: { id: 1, ...record }, access }, read, entry, policy);
}

function line(id: number, values: Record<string, OdooValue>, company = 1): ReadRecord {
  return { record: { id, ...values }, access: lineAccess(company) };
}

function factsOf(parts: readonly DraftPart[]): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap(({ text, facts }) => facts.map(({ name, start, end }) => [name, text.slice(start, end)])),
  );
}

describe("a record as text", () => {
  it("shows a line a field, in the catalogue's order, as people write the values", () => {
    const [main] = render({
      due: "2026-12-01",
      name: "D1",
      partner_id: [7, "Voltaris\n Components"],
      state: "sent",
      total: 18400,
      currency_id: [1, "USD"],
      rate: 1.5,
      urgent: true,
      sent_at: "2026-11-20 08:30:15",
      note: "<p>Net <b>45</b> days</p><p>Ex works</p>",
    });
    expect(main?.text.split("\n")).toEqual([
      "Reference: D1",
      "Vendor: Voltaris Components",
      "Status: RFQ Sent",
      "Total: 18,400.00 USD",
      "Rate: 1.5",
      "Urgent: Yes",
      "Due: 2026-12-01",
      "Sent: 2026-11-20 08:30 UTC",
      "Terms: Net 45 days Ex works",
    ]);
  });

  it("keeps what values mean beside what they show", () => {
    const [main] = render({
      partner_id: [7, "Voltaris"],
      state: "sent",
      total: 12,
      currency_id: [1, "EUR"],
      urgent: false,
    });
    expect(main?.facts.map(({ name, value, display }) => [name, value, display])).toEqual([
      ["partner_id", 7, "Voltaris"],
      ["state", "sent", "RFQ Sent"],
      ["total", 12, "12.00 EUR"],
      ["urgent", false, "No"],
    ]);
  });

  it("says nothing of unset fields, but shows zero and no", () => {
    const unset = { name: false, partner_id: false, state: false, due: false, sent_at: false, note: false };
    const [main] = render({ ...unset, rate: 0, urgent: false });
    expect(main?.text).toBe("Rate: 0\nUrgent: No");
    expect(render(unset)).toEqual([]);
    expect(render({ note: "<p><br></p>", tag_ids: [1, 2] })).toEqual([]);
  });

  it("holds references as facts to find it by, which show nothing", () => {
    const [main] = render({ name: "D1", create_uid: [10, "Bo"] });
    expect(main?.text).toBe("Reference: D1");
    expect(main?.facts.find(({ name }) => name === "create_uid")).toMatchObject({ value: 10, start: 0, end: 0 });
  });
});

describe("fields that not everybody may see", () => {
  it("stand in parts of their own, with the groups of which a reader needs one", () => {
    const parts = render({ name: "D1", cost: 9.5, margin: 3 });
    expect(parts.map(({ key, text, access: own }) => [key, text, own["requires"]])).toEqual([
      ["main", "Reference: D1", []],
      ["purchase.manager", "Cost: 9.5", [GROUPS.manager]],
      ["base.group_system,purchase.manager", "Margin: 3", [GROUPS.manager, GROUPS.system]],
    ]);
    for (const part of parts) expect(part.access).toMatchObject(access);
  });

  it("are left out when nobody may see them, or when that cannot be said", () => {
    const text = JSON.stringify(
      render({ name: "D1", hidden: "h1", unknown_group: "u1", excluded: "e1", not_there: "n1" }),
    );
    for (const value of ["h1", "u1", "e1", "n1"]) expect(text).not.toContain(value);
  });

  it("never share a part with open ones, whatever is set", () => {
    const values = {
      name: fc.constant("open"),
      cost: fc.constant(777),
      margin: fc.constant(888),
      rate: fc.constant(1),
    };
    fc.assert(
      fc.property(fc.record(values, { requiredKeys: [] }), (record) => {
        for (const { text, access: own } of render(record)) {
          if (own["requires"]?.length === 0) expect(text).not.toMatch(/777|888/);
          else expect(text).not.toContain("open");
        }
      }),
    );
  });
});

describe("the lines of a record", () => {
  it("stand in a part of their own, with the attributes of their own model", () => {
    const [, lines] = render({ name: "D1" }, [
      line(4, { product_id: [2, "Bolt"], quantity: 10 }),
      line(5, { name: "Freight" }),
    ]);
    expect(lines).toMatchObject({
      key: "deal.line",
      text: "Deal lines\nProduct: Bolt; Quantity: 10\nDescription: Freight",
      access: { ...lineAccess(1), requires: [] },
    });
    expect(lines?.facts.map(({ name, line: of }) => [name, of])).toEqual([
      ["product_id", { model: "deal.line", id: 4 }],
      ["quantity", { model: "deal.line", id: 4 }],
      ["name", { model: "deal.line", id: 5 }],
    ]);
  });

  it("are parted by who may read them, and by the groups of their fields", () => {
    const parts = render({ name: "D1" }, [
      line(4, { product_id: [2, "Bolt"], purchase_price: 1.25 }),
      line(5, { product_id: [3, "Nut"] }, 2),
      line(6, { product_id: [4, "Cap"] }),
    ]);
    expect(parts.slice(1).map(({ key, access: own }) => [key, own["company_id"], own["requires"]])).toEqual([
      ["deal.line", [1], []],
      ["deal.line purchase.manager", [1], [GROUPS.manager]],
      ["deal.line 2", [2], []],
    ]);
    expect(parts[1]?.text).not.toMatch(/Nut|1\.25/);
    expect(parts[3]?.text).not.toMatch(/Bolt|Cap/);
  });

  it("have no part where they say nothing", () => {
    expect(render({ name: "D1" }, [line(4, { product_id: false, quantity: false })]).map(({ key }) => key)).toEqual([
      "main",
    ]);
  });

  it("do not repeat a description that their product already says", () => {
    const [, lines] = render({ name: "D1" }, [
      line(4, { product_id: [2, "[B8] Bolt M8"], name: "Bolt M8", quantity: 1 }),
    ]);
    expect(lines?.text).toBe("Deal lines\nProduct: [B8] Bolt M8; Quantity: 1");
  });
});

describe("where facts stand", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("a; b: c", "line\nbreak", "  padded ", "😀 é", "<b>&amp;</b>", "\u200B"),
  );
  const unset = fc.constant(false);
  const linked = fc.tuple(fc.integer({ min: 1 }), text);
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const record = fc.record({
    name: fc.oneof(text, unset),
    partner_id: fc.oneof(linked, unset),
    state: fc.constantFrom("sent", "odd", "unlisted", false),
    total: number,
    currency_id: fc.oneof(linked, unset),
    rate: number,
    urgent: fc.boolean(),
    due: fc.constantFrom("2026-12-01", false),
    sent_at: fc.constantFrom("2026-11-20 08:30:15", false),
    note: fc.oneof(text, unset),
    cost: number,
  });
  const lines = fc.array(
    fc.record({ product_id: fc.oneof(linked, unset), name: fc.oneof(text, unset), quantity: number }),
    { maxLength: 4 },
  );

  it("is where the text shows them, label and value, for any record and any lines", () => {
    fc.assert(
      fc.property(record, lines, (values, lineValues) => {
        const parts = render(
          values,
          lineValues.map((each, at) => line(at + 1, each, 1 + (at % 2))),
        );
        for (const part of parts) {
          for (const { label, display, start, end } of part.facts) {
            expect(part.text.slice(start, end)).toBe(`${label}: ${display}`);
            expect(display).toBe(display.trim());
          }
          for (const block of part.blocks) {
            const shown = part.text.slice(block.start, block.end);
            expect(shown).toBe(shown.trim());
            expect(shown).not.toContain("\n");
          }
        }
      }),
    );
  });

  it("lies within the chunks that are searched, so that whatever is found can be cited", () => {
    fc.assert(
      fc.property(record, lines, (values, lineValues) => {
        const parts = render(
          values,
          lineValues.map((each, at) => line(at + 1, each)),
        );
        const draft = {
          key: "deal/1",
          kind: "deal",
          title: "Deal",
          model: "deal",
          recordId: 1,
          url: null,
          metadata: {},
          parts,
        };
        for (const part of buildDocument("odoo:x", draft, "hash").parts) {
          const covered = part.chunks.map(({ start, end }) => part.text.slice(start, end)).join("");
          expect(covered.replaceAll(/\s/gu, "")).toBe(part.text.replaceAll(/\s/gu, ""));
        }
      }),
    );
  });

  it("quotes what a partner's odd name cannot break", () => {
    const facts = factsOf(render({ name: "Total: 5", partner_id: [7, "Status: done"] }));
    expect(facts).toEqual({ name: "Reference: Total: 5", partner_id: "Vendor: Status: done" });
  });
});
