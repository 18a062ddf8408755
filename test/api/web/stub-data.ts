import type { Answer, Citation, Rationale, Sample, SourceDocument } from "../../../api/web/source/contract.ts";

const policyText = [
  "Purchase approval policy\n\n4.1 Up to 5,000 USD the buyer decides.\n\n",
  "4.2 Above 5,000 USD a purchase manager approves.\n\n4.3 Above 25,000 USD the finance director approves as well.\n\n",
  "4.7 A supplier with less than 80 % of receipts on time in twelve months needs a mitigation note on the order.\n",
  "\nNotes for approvers. ".repeat(60),
].join("");
const orderText = "Purchase order P00042\nSupplier: Brightline Lighting\nTotal: 31,200.00 USD\nState: to approve\n";

const policy = { documentId: "folder:policies/fin-pol-001-v3.md", title: "Purchase approval policy", kind: "policy" };
const order = { documentId: "odoo:lab/purchase.order/42", title: "Purchase order P00042", kind: "purchase order" };

function cite(number: number, document: typeof policy, text: string, quote: string, page: number | null): Citation {
  const start = text.indexOf(quote);
  return {
    number,
    ...document,
    model: document === policy ? "file" : "purchase.order",
    recordId: document === policy ? null : 42,
    part: "main",
    start,
    end: start + quote.length,
    page,
    quote,
    url: document === policy ? null : "http://127.0.0.1:8069/odoo/purchase/42",
    effective: null,
    expires: null,
  };
}

const clause43 = "4.3 Above 25,000 USD the finance director approves as well.";
const clause47 = policyText.slice(policyText.indexOf("4.7"), policyText.indexOf("\n", policyText.indexOf("4.7")));
const ofPolicy = cite(1, policy, policyText, clause43, 2);
const ofOrder = cite(2, order, orderText, "Total: 31,200.00 USD", null);
const ofLateness = cite(3, policy, policyText, clause47, 2);

export const sample: Sample = {
  notice: "Sample company: everyone on this machine may read as any of these people. Not for real data.",
  logins: [
    { login: "bo.buyer", name: "Bo Lindqvist", role: "buyer" },
    { login: "fiona.finance", name: "Fiona Castellanos", role: "finance director" },
    { login: "emil.employee", name: "Emil Jansen", role: "plain employee" },
  ],
  questions: ["Who approves an order above 25,000 USD?", "How long is the parental leave?"],
};

/** What each reader is told; whoever is not listed is told nothing. */
export function answerFor(login: string, question: string): Answer {
  const common = { question, method: "extractive" as const, degraded: null };
  if (login === "emil.employee" || question.includes("leave")) {
    const message = "Nothing that you may read answers this.";
    return { ...common, status: "abstained", statements: [], citations: [], message };
  }
  const statements = [{ text: clause43, citations: [1] }];
  if (login === "fiona.finance") {
    statements.push({
      text: "Order P00042 over 31,200 USD from Brightline Lighting waits for her.",
      citations: [2, 1],
    });
  }
  const citations = login === "fiona.finance" ? [ofPolicy, ofOrder] : [ofPolicy];
  return { ...common, status: "answered", statements, citations, message: null };
}

export const orders = [
  {
    documentId: order.documentId,
    title: "P00042, vendor reference BRL-2026-1120",
    name: "P00042",
    total: "31,200.00 USD",
    supplier: "Brightline Lighting",
  },
  {
    documentId: "odoo:lab/purchase.order/44",
    title: "P00044, vendor reference KES-44120",
    name: "P00044",
    total: "6,150.00 USD",
    supplier: "Kestrel Fasteners",
  },
];

export const rationale: Rationale = {
  record: { documentId: order.documentId, title: order.title, model: "purchase.order", recordId: 42 },
  preparedFor: "Fiona Castellanos",
  asOf: "2026-11-20",
  recommendation: "speaks-against-approval",
  summary: { text: "The supplier is late and the order carries no mitigation note.", citations: [3] },
  confidence: 0.83,
  facts: [
    { text: "31,200.00 USD, three lines.", citations: [2] },
    { text: "Created by Bo Lindqvist on 16 November 2026.", citations: [2] },
  ],
  clauses: [
    {
      policy: "FIN-POL-001 v3",
      clause: "4.3",
      outcome: "holds",
      text: "31,200.00 USD is above 25,000 USD; Fiona Castellanos is the finance director.",
      citations: [1, 2],
    },
    {
      policy: "FIN-POL-001 v3",
      clause: "4.4",
      outcome: "does-not-apply",
      text: "An agreement is in force.",
      citations: [1],
    },
    {
      policy: "FIN-POL-001 v3",
      clause: "4.6",
      outcome: "cannot-tell",
      text: "The order does not say whether a prepayment was agreed.",
      citations: [2],
    },
    {
      policy: "FIN-POL-001 v3",
      clause: "4.7",
      outcome: "fails",
      text: "58 % of the receipts in twelve months were on time, below 80 %, and the order has no mitigation note.",
      citations: [3, 2],
    },
  ],
  supplier: [{ text: "12 receipts in twelve months, 7 on time.", citations: [2] }],
  stock: [{ text: "LED panel 60x60: 21 days of cover.", citations: [2] }],
  evidence: [{ text: "Supplier agreement SA-2024-031 is in force until 31 December 2026.", citations: [1] }],
  missing: ["A mitigation note on the order.", "Whether a prepayment was agreed."],
  citations: [ofPolicy, ofOrder, ofLateness],
};

export function sourceDocument(id: string, start: number, end: number): SourceDocument | null {
  const head = [policy, order].find((document) => document.documentId === id);
  if (head === undefined) return null;
  const text = head === policy ? policyText : orderText;
  const pages =
    head === policy
      ? [
          { page: 1, start: 0 },
          { page: 2, start: policyText.indexOf("4.2") },
        ]
      : [];
  return {
    ...head,
    model: head === policy ? "file" : "purchase.order",
    recordId: head === policy ? null : 42,
    url: head === policy ? "javascript:alert(1)" : "http://127.0.0.1:8069/odoo/purchase/42",
    metadata: head === policy ? { reference: "FIN-POL-001", version: "3", effective: "2026-01-01", checks: [{}] } : {},
    parts: [{ part: "main", text, pages }],
    span: { part: "main", start, end, page: head === policy ? 2 : null, text: text.slice(start, end) },
  };
}
