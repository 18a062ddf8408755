import { describe, expect, it } from "vitest";
import type { Document } from "../../../infra/document.ts";
import type { OdooRecord } from "../../../infra/odoo/port.ts";
import { prepareRationale } from "../../../retrieval/approvals/prepare-rationale.ts";
import type { Rationale } from "../../../retrieval/approvals/rationale.ts";
import { openReader } from "../../../retrieval/reader.ts";
import { type MemoryCorpus, memoryCorpus } from "../../support/memory-corpus.ts";
import { file } from "../invented-files.ts";
import { AGREEMENT_FILE, ORDER, POLICY_FILE, RECORDS, companyPolicy, recordDocuments } from "./invented-company.ts";

const FILES = [POLICY_FILE, AGREEMENT_FILE];

interface Asked {
  readonly order?: string;
  readonly login?: string;
  readonly files?: readonly Document[];
  /** Records that replace those of their model. */
  readonly records?: Readonly<Record<string, readonly object[]>>;
  readonly prepare?: (corpus: MemoryCorpus) => void;
}

async function rationale({ order = "P1", login = "mia", files = FILES, records = {}, prepare }: Asked = {}) {
  const all = { ...RECORDS, ...records } as Readonly<Record<string, readonly OdooRecord[]>>;
  const corpus = memoryCorpus([...(await recordDocuments(all)), ...files]);
  prepare?.(corpus);
  return prepareRationale(order, openReader(login, companyPolicy), corpus);
}

const outcomes = ({ clauses }: Rationale) =>
  Object.fromEntries(clauses.map(({ clause, outcome }) => [clause, outcome]));
const textsOf = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text).join("\n");
const withOrder = (changes: object) => ({ records: { "purchase.order": [{ ...ORDER, ...changes }] } });

describe("the rationale of a purchase order", () => {
  it("checks every clause of the policy in force against the facts", async () => {
    const prepared = await rationale();
    expect(outcomes(prepared)).toEqual({
      "4.2": "holds",
      "4.4": "does-not-apply",
      "4.5": "fails",
      "4.7": "fails",
      "4.9": "holds",
    });
    expect(prepared.recommendation).toBe("speaks-against-approval");
    expect(prepared.summary.text).toMatch(/^Clauses 4\.5 and 4\.7 do not hold\./);
    expect(prepared).toMatchObject({ preparedFor: "Mia", asOf: "2026-11-20T18:00:00.000Z", record: { recordId: 1 } });
  });

  it("states prices, punctuality, stock and their sources in figures", async () => {
    const { facts, supplier, stock } = await rationale();
    expect(textsOf(facts)).toMatch(/^P1 from Voltaris Components, placed 2026-11-16 \(4 days ago\)/);
    expect(textsOf(supplier)).toContain("Cable: agreed 10");
    expect(textsOf(supplier)).toContain("(+7.5 %)");
    expect(textsOf(supplier)).toContain("3 of 4 receipts on time in twelve months (75 %)");
    expect(textsOf(supplier)).toMatch(/last bought at 10.* on 2026-05-04 \(P0\); now 10\.75.*, \+7\.5 %/);
    expect(textsOf(supplier)).toContain("Agreement SA-1 is in force (2025-02-01 to 2027-01-31)");
    expect(textsOf(stock)).toContain("Cable: 45 on hand, 90 used in 90 days, lasts about 45 days");
  });

  it("cites every line, each citation a quote that stands where it says", async () => {
    const corpus = memoryCorpus([...(await recordDocuments()), ...FILES]);
    const reader = openReader("mia", companyPolicy);
    const prepared = await prepareRationale("P1", reader, corpus);
    const { facts, clauses, supplier, stock, evidence, summary, citations } = prepared;
    for (const line of [...facts, ...clauses, ...supplier, ...stock, ...evidence, summary]) {
      expect(line.citations.length, line.text).toBeGreaterThan(0);
      for (const number of line.citations) expect(citations[number - 1]?.number).toBe(number);
    }
    for (const { documentId, part, start, end, quote } of citations) {
      expect(quote).not.toBe("");
      const parts = await corpus.readable.parts({ documentIds: [documentId], limit: 10 }, reader.filter);
      expect(parts.find((one) => one.part === part)?.text.slice(start, end)).toBe(quote);
    }
  });

  it("is found by name in any case, by vendor reference and by id", async () => {
    for (const order of ["P1", "p1", " P1 ", "VOL-1", "1"]) {
      expect((await rationale({ order })).record.recordId, order).toBe(1);
    }
    for (const order of ["P2", "", "%", "VOL-2", "999999999999"]) {
      await expect(rationale({ order }), order).rejects.toMatchObject({ code: "not-found" });
    }
  });

  it("does not take an order for another that merely has a line of that name", async () => {
    const line = { id: 13, order_id: [2, "P0"], product_id: [20, "Cable"], name: "BOLT", product_qty: 1 };
    const records = { "purchase.order.line": [line] };
    await expect(rationale({ order: "BOLT", records })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("a rationale as its reader sees it", () => {
  it("counts an agreement that the reader may not read as missing, and decides nothing that hangs on it", async () => {
    const prepared = await rationale({ login: "bo" });
    expect(JSON.stringify(prepared)).not.toMatch(/SA-1|written consent/);
    expect(prepared.missing).toContain("A supplier agreement with this supplier.");
    expect(outcomes(prepared)["4.4"]).toBe("cannot-tell");
  });

  it("looks the same as if the agreement did not exist", async () => {
    expect(await rationale({ login: "bo" })).toEqual(await rationale({ login: "bo", files: [POLICY_FILE] }));
  });

  it("holds the reader's own groups and authorship against the clauses", async () => {
    expect(outcomes(await rationale({ login: "bo" }))).toMatchObject({ "4.2": "fails", "4.9": "fails" });
  });
});

const withoutEmbedder = (corpus: MemoryCorpus): void => {
  corpus.embedder.down = true;
};

describe("what is not known", () => {
  it("leaves the clause undecided and says what is missing", async () => {
    const prepared = await rationale({ ...withOrder({ create_uid: false, user_id: false }) });
    expect(outcomes(prepared)["4.9"]).toBe("cannot-tell");
    expect(prepared.missing).toContain("Who created the order.");
  });

  it("is not guessed from the buyer: another may have created the order", async () => {
    expect(outcomes(await rationale(withOrder({ create_uid: false })))["4.9"]).toBe("cannot-tell");
    expect(outcomes(await rationale({ ...withOrder({ create_uid: false }), login: "bo" }))["4.9"]).toBe("fails");
  });

  it("is no agreement with somebody else because neither names a supplier", async () => {
    const nameless = file({ key: "sa-0.md", kind: "supplier-agreement", text: ["Framework terms."] });
    const prepared = await rationale({ ...withOrder({ partner_id: false }), files: [POLICY_FILE, nameless] });
    expect(prepared.missing).toContain("A supplier agreement with this supplier.");
  });

  it("includes a policy: without one nothing is recommended", async () => {
    const prepared = await rationale({ files: [AGREEMENT_FILE] });
    expect(prepared).toMatchObject({ recommendation: "needs-information", clauses: [] });
    expect(prepared.missing.join()).toMatch(/policy in force/);
  });

  it("includes what the agreement says, when the embedder fails", async () => {
    const prepared = await rationale({ prepare: withoutEmbedder });
    expect(prepared.missing.join()).toMatch(/embedding model did not answer/);
    expect(outcomes(prepared)["4.5"]).toBe("fails");
  });
});

const named = (prepared: Rationale) => [...new Set(prepared.clauses.map(({ policy }) => policy))];

const dated = (metadata: object) => ({ ...POLICY_FILE, metadata: { ...POLICY_FILE.metadata, ...metadata } });

describe("which policy applies", () => {
  const second = file({
    key: "fin-1-v2.md",
    kind: "policy",
    metadata: { ...POLICY_FILE.metadata, version: "2", supersedes: "FIN-1 v1" },
    text: ["4.2 Orders above 3,000 USD are approved by a purchase manager."],
  });

  it("is not one that another in force supersedes, nor one that has expired or not begun", async () => {
    expect(named(await rationale({ files: [POLICY_FILE, second] }))).toEqual(["FIN-1 v3"]);
    expect(named(await rationale({ files: [dated({ effective: "2026-12-01" }), second] }))).toEqual(["FIN-1 v2"]);
    expect(named(await rationale({ files: [dated({ expires: "2026-11-19" })] }))).toEqual([]);
  });
});

describe("payment terms", () => {
  const check = { clause: "4.2", appliesTo: "purchase.order", when: "order.prepayment_percent > 30.0", holds: "false" };
  const prepayment = file({
    key: "fin-2.md",
    kind: "policy",
    metadata: { checks: [{ ...check, needs: ["order.prepayment_percent"] }] },
    text: ["4.2 Prepayment above 30 % is for the finance director."],
  });
  const judged = async (terms: string) =>
    outcomes(await rationale({ ...withOrder({ payment_term_id: [3, terms] }), files: [prepayment] }))["4.2"];

  it("give the share that is paid in advance, however it is put", async () => {
    for (const terms of [
      "50% Now, Balance 60 Days",
      "40 % in advance",
      "Prepayment 50 %",
      "Down payment: 35%",
      "100% advance",
    ]) {
      expect(await judged(terms), terms).toBe("fails");
    }
    for (const terms of ["45 Days", "30% Now, Balance 60 Days", "Net 30", "2/7 Net 30"]) {
      expect(await judged(terms), terms).toBe("does-not-apply");
    }
  });

  it("leave it open when they ask for something in advance and do not say how much", async () => {
    expect(await judged("Prepayment, balance on delivery")).toBe("cannot-tell");
  });
});

const withNote = async (note: string) => outcomes(await rationale(withOrder({ note })))["4.5"];

describe("notes on the order", () => {
  it("count when they say that they are one, and not when they ask for one", async () => {
    expect(await withNote("<p>Justification: copper rose by 9 %.</p>")).toBe("holds");
    for (const note of [
      "Please write the justification.",
      "No justification yet.",
      "Justification?",
      "Justification:",
    ]) {
      expect(await withNote(note), note).toBe("fails");
    }
  });
});

const line = (price: number) => ({
  records: {
    "purchase.order.line": [
      { id: 11, order_id: [1, "P1"], product_id: [20, "Cable"], product_qty: 1, price_unit: 10.75 },
      { id: 12, order_id: [2, "P0"], product_id: [20, "Cable"], product_qty: 1, price_unit: price },
    ],
  },
});

describe("supplier history", () => {
  it("says unchanged only of a price that did not change", async () => {
    expect(textsOf((await rationale(line(10.75))).supplier)).toContain("unchanged");
    expect(textsOf((await rationale(line(0))).supplier)).toContain("after a price of zero");
    expect(textsOf((await rationale(line(0))).supplier)).not.toContain("unchanged");
  });
});

describe("agreed prices", () => {
  it("are those of the highest quantity that the line reaches, of the supplier and in the order's currency", async () => {
    const [row = {}] = RECORDS["product.supplierinfo"] ?? [];
    const rows = [
      { ...row, id: 33, price: 9, min_qty: 50 },
      { ...row, id: 34, price: 2, min_qty: 101 },
      { ...row, id: 35, price: 3, min_qty: 60, currency_id: [2, "EUR"] },
      { ...row, id: 36, price: 0, min_qty: 70 },
    ];
    const { supplier } = await rationale({ records: { "product.supplierinfo": [row, ...rows] } });
    expect(textsOf(supplier)).toContain("Cable: agreed 9");
    expect(textsOf(supplier)).toContain("(+19.4 %)");
  });

  it("are missing, not zero, for what the price list does not hold", async () => {
    const prepared = await rationale({ records: { "product.supplierinfo": [] } });
    expect(prepared.missing).toContain("An agreed price for every line of the order.");
    expect(outcomes(prepared)["4.5"]).toBe("cannot-tell");
  });
});
