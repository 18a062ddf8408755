import type { Document } from "../../../infra/document.ts";
import type { OdooRecord } from "../../../infra/odoo/port.ts";
import { buildDocument } from "../../../ingest/build-document.ts";
import { openOdooRecords } from "../../../ingest/sources/odoo-records.ts";
import type { PolicySnapshot } from "../../../permissions/policy-snapshot.ts";
import { describe as describeModel, type FieldSketch, inventedPolicy } from "../../permissions/invented-policy.ts";
import { plainTextParser } from "../../support/plain-text-parser.ts";
import { inventedOdoo } from "../../ingest/records/invented-odoo.ts";
import { file } from "../invented-files.ts";

const money = (currencyField = "currency_id") => ({ type: "monetary" as const, label: "Amount", currencyField });

const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldSketch>>>> = {
  "purchase.order": {
    display_name: "char",
    name: "char",
    partner_ref: "char",
    state: "selection",
    date_order: "datetime",
    partner_id: ">res.partner",
    user_id: ">res.users",
    create_uid: ">res.users",
    company_id: ">res.company",
    amount_total: money(),
    currency_id: ">res.currency",
    payment_term_id: ">account.payment.term",
    note: "html",
  },
  "purchase.order.line": {
    order_id: ">purchase.order",
    product_id: ">product.product",
    product_qty: "float",
    price_unit: "float",
    price_subtotal: "float",
    name: "text",
  },
  "product.product": { display_name: "char", default_code: "char", product_tmpl_id: ">product.template" },
  "product.supplierinfo": {
    display_name: "char",
    partner_id: ">res.partner",
    product_id: ">product.product",
    price: "float",
    product_tmpl_id: ">product.template",
    currency_id: ">res.currency",
    min_qty: "float",
  },
  "stock.picking": {
    display_name: "char",
    name: "char",
    partner_id: ">res.partner",
    picking_type_code: "selection",
    state: "selection",
    date_deadline: "datetime",
    date_done: "datetime",
    company_id: ">res.company",
  },
  "stock.move": { picking_id: ">stock.picking", product_id: ">product.product", quantity: "float", state: "selection" },
  "stock.quant": {
    display_name: "char",
    product_id: ">product.product",
    location_id: ">stock.location",
    quantity: "float",
    warehouse_id: ">stock.warehouse",
    company_id: ">res.company",
  },
};

export const companyPolicy: PolicySnapshot = (() => {
  const invented = inventedPolicy();
  const described = Object.entries(FIELDS).map(([model, fields]) => [model, describeModel(model, fields)]);
  return {
    ...invented,
    takenAt: "2026-11-20T18:00:00.000Z",
    models: { ...invented.models, ...(Object.fromEntries(described) as PolicySnapshot["models"]) },
    ingestedModels: Object.keys(FIELDS),
    modelAccess: Object.keys(FIELDS).map((model) => ({ model, groupId: null })),
  };
})();

const VENDOR = [7, "Voltaris Components"] as const;
const MAIN = [1, "Main"] as const;
const USD = [1, "USD"] as const;

/** The order under approval: 100 cables at 10.75 where 10.00 is agreed. */
export const ORDER = {
  id: 1,
  display_name: "P1",
  name: "P1",
  partner_ref: "VOL-1",
  state: "to approve",
  partner_id: VENDOR,
  date_order: "2026-11-16 09:00:00",
  user_id: [10, "Bo"],
  create_uid: [10, "Bo"],
  company_id: MAIN,
  amount_total: 18400,
  currency_id: USD,
  payment_term_id: [3, "45 Days"],
  note: false,
};
const LINE = {
  id: 11,
  order_id: [1, "P1"],
  product_id: [20, "Cable"],
  product_qty: 100,
  price_unit: 10.75,
  price_subtotal: 1075,
};
const EARLIER = {
  ...ORDER,
  id: 2,
  display_name: "P0",
  name: "P0",
  partner_ref: "VOL-0",
  state: "purchase",
  date_order: "2026-05-04 09:00:00",
};
const EARLIER_LINE = { ...LINE, id: 12, order_id: [2, "P0"], price_unit: 10 };

function receipt(id: number, deadline: string, done: string) {
  const picking = { id, display_name: `IN/${id}`, name: `IN/${id}`, partner_id: VENDOR, picking_type_code: "incoming" };
  return {
    ...picking,
    state: "done",
    date_deadline: `${deadline} 08:00:00`,
    date_done: `${done} 15:00:00`,
    company_id: MAIN,
  };
}

export const RECORDS = {
  "purchase.order": [ORDER, EARLIER],
  "purchase.order.line": [LINE, EARLIER_LINE],
  "product.product": [{ id: 20, display_name: "Cable", default_code: "C10", product_tmpl_id: [200, "Cable"] }],
  "product.supplierinfo": [
    {
      id: 31,
      display_name: "Voltaris",
      partner_id: VENDOR,
      product_tmpl_id: [200, "Cable"],
      product_id: false,
      price: 10,
      currency_id: USD,
      min_qty: 0,
    },
    {
      id: 32,
      display_name: "Other",
      partner_id: [8, "Other"],
      product_tmpl_id: [200, "Cable"],
      product_id: false,
      price: 5,
      currency_id: USD,
      min_qty: 0,
    },
  ],
  "stock.picking": [
    ...[1, 2, 3].map((at) => receipt(40 + at, "2026-06-10", "2026-06-09")),
    receipt(44, "2026-07-01", "2026-07-08"),
    receipt(45, "2024-01-01", "2024-03-01"),
    {
      id: 50,
      display_name: "OUT/50",
      name: "OUT/50",
      partner_id: [9, "Customer"],
      picking_type_code: "outgoing",
      state: "done",
      date_done: "2026-10-01 10:00:00",
      company_id: MAIN,
    },
  ],
  "stock.move": [{ id: 60, picking_id: [50, "OUT/50"], product_id: [20, "Cable"], quantity: 90, state: "done" }],
  "stock.quant": [
    {
      id: 70,
      display_name: "Q",
      product_id: [20, "Cable"],
      location_id: [1, "WH/Stock"],
      quantity: 45,
      warehouse_id: [1, "WH"],
      company_id: MAIN,
    },
  ],
} as unknown as Readonly<Record<string, readonly OdooRecord[]>>;

const group = (name: string) => `approver.groups.exists(g, g == "${name}")`;

export const POLICY_FILE = file({
  key: "fin-1.md",
  title: "Purchase approval policy",
  kind: "policy",
  metadata: {
    reference: "FIN-1",
    version: "3",
    effective: "2026-01-01",
    supersedes: "FIN-1 v2",
    checks: [
      {
        clause: "4.2",
        when: "order.total > 5000.0",
        holds: group("purchase.manager"),
        needs: ["order.total", "approver.groups"],
      },
      {
        clause: "4.4",
        when: "order.total > 10000.0 && !agreement.in_force",
        holds: "quotes.count >= 3",
        needs: ["order.total", "agreement.in_force", "quotes.count"],
      },
      {
        clause: "4.5",
        when: "agreement.max_deviation_percent > 5.0",
        holds: "order.has_justification",
        needs: ["agreement.max_deviation_percent", "order.has_justification"],
      },
      {
        clause: "4.7",
        when: "supplier.receipts > 0 && supplier.on_time_percent < 80.0",
        holds: "order.has_mitigation_note",
        needs: ["supplier.receipts", "supplier.on_time_percent", "order.has_mitigation_note"],
      },
      {
        clause: "4.9",
        when: "true",
        holds: "!order.created_by_approver",
        needs: ["order.created_by_approver"],
      },
    ].map((check) => ({
      ...check,
      appliesTo: "purchase.order",
    })),
  },
  text: [
    "4.2 Orders above 5,000 USD are approved by a purchase manager.",
    "4.4 Orders above 10,000 USD without an agreement in force need three written quotes.",
    "4.5 A line price more than 5 % above the agreed price needs a written justification.",
    "4.7 A supplier with less than 80 % of receipts on time needs a mitigation note.",
    "4.9 Nobody approves an order that he or she created.",
  ],
});

export const AGREEMENT_FILE = file({
  key: "sa-1.md",
  title: "Supply agreement with Voltaris",
  kind: "supplier-agreement",
  readers: ["group:purchase.manager"],
  metadata: { reference: "SA-1", supplier: "Voltaris Components", effective: "2025-02-01", expires: "2027-01-31" },
  text: ["This agreement runs from 2025-02-01 to 2027-01-31.", "A price increase needs written consent."],
});

/** The records as ingestion stores them. */
export async function recordDocuments(records = RECORDS): Promise<readonly Document[]> {
  const source = await openOdooRecords({
    odoo: inventedOdoo({ records }),
    policy: companyPolicy,
    parser: plainTextParser,
  });
  const documents: Document[] = [];
  for await (const item of source.items()) {
    const loaded = await item.load();
    documents.push(...loaded.documents.map((draft) => buildDocument("odoo:invented", draft, item.fingerprint)));
  }
  return documents;
}
