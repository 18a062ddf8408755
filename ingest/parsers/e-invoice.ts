import { singleLine } from "./normalise-text.ts";
import type { StatedFact } from "./port.ts";
import type { TextBuilder } from "./text-builder.ts";
import { childrenOf, textOf, type XmlElement } from "./xml-tree.ts";

/** Where the two syntaxes of EN 16931 write a term: the path below the root, names without prefix. */
interface Term {
  readonly name: string;
  readonly label: string;
  readonly ubl: readonly string[];
  readonly cii: readonly string[];
}

const HEADER = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement";
const SETTLEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement";
const SUMS = `${SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation`;

const TERMS: readonly Term[] = [
  { name: "number", label: "Invoice number", ubl: ["ID"], cii: ["ExchangedDocument/ID"] },
  { name: "issue_date", label: "Issue date", ubl: ["IssueDate"], cii: ["ExchangedDocument/IssueDateTime"] },
  {
    name: "due_date",
    label: "Due date",
    ubl: ["DueDate", "PaymentMeans/PaymentDueDate"],
    cii: [`${SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime`],
  },
  {
    name: "supplier",
    label: "Supplier",
    ubl: [
      "AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",
      "AccountingSupplierParty/Party/PartyName/Name",
    ],
    cii: [`${HEADER}/SellerTradeParty/Name`],
  },
  {
    name: "supplier_vat",
    label: "Supplier's VAT number",
    ubl: ["AccountingSupplierParty/Party/PartyTaxScheme/CompanyID"],
    cii: [`${HEADER}/SellerTradeParty/SpecifiedTaxRegistration/ID`],
  },
  {
    name: "buyer",
    label: "Buyer",
    ubl: [
      "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName",
      "AccountingCustomerParty/Party/PartyName/Name",
    ],
    cii: [`${HEADER}/BuyerTradeParty/Name`],
  },
  {
    name: "order",
    label: "Purchase order",
    ubl: ["OrderReference/ID"],
    cii: [`${HEADER}/BuyerOrderReferencedDocument/IssuerAssignedID`, `${HEADER}/BuyerOrderReferencedDocument/ID`],
  },
  { name: "currency", label: "Currency", ubl: ["DocumentCurrencyCode"], cii: [`${SETTLEMENT}/InvoiceCurrencyCode`] },
  {
    name: "amount_untaxed",
    label: "Amount without tax",
    ubl: ["LegalMonetaryTotal/TaxExclusiveAmount"],
    cii: [`${SUMS}/TaxBasisTotalAmount`],
  },
  { name: "amount_tax", label: "Tax", ubl: ["TaxTotal/TaxAmount"], cii: [`${SUMS}/TaxTotalAmount`] },
  {
    name: "amount_total",
    label: "Amount with tax",
    ubl: ["LegalMonetaryTotal/TaxInclusiveAmount"],
    cii: [`${SUMS}/GrandTotalAmount`],
  },
  {
    name: "amount_due",
    label: "Amount due",
    ubl: ["LegalMonetaryTotal/PayableAmount"],
    cii: [`${SUMS}/DuePayableAmount`],
  },
];

/** Of the first version of ZUGFeRD. */
const EARLIER: Readonly<Record<string, string>> = {
  CrossIndustryDocument: "CrossIndustryInvoice",
  HeaderExchangedDocument: "ExchangedDocument",
  SpecifiedSupplyChainTradeTransaction: "SupplyChainTradeTransaction",
  ApplicableSupplyChainTradeAgreement: "ApplicableHeaderTradeAgreement",
  ApplicableSupplyChainTradeSettlement: "ApplicableHeaderTradeSettlement",
  SpecifiedTradeSettlementMonetarySummation: "SpecifiedTradeSettlementHeaderMonetarySummation",
};

/** Whether XML names a root of invoices: cheaper than reading all of it. */
export function mayBeInvoice(xml: string): boolean {
  return /<(?:[\w-]+:)?(?:Invoice|CreditNote|CrossIndustryInvoice|CrossIndustryDocument)\b/u.test(xml.slice(0, 20_000));
}

/** The syntax of an electronic invoice or credit note (EN 16931: UBL 2.1, UN/CEFACT CII and its forerunner), or null for other XML. */
export function invoiceSyntax(root: XmlElement): "ubl" | "cii" | null {
  const name = localName(root);
  if (name === "CrossIndustryInvoice") return "cii";
  const isUbl = Object.values(root.attributes).some((value) => /ubl:schema:xsd:(?:Invoice|CreditNote)-2/u.test(value));
  return isUbl && (name === "Invoice" || name === "CreditNote") ? "ubl" : null;
}

/**
 * Adds what an electronic invoice says of itself, a line a term under a heading with its number and supplier, and returns each term as a
 * fact with its span. Null, and nothing is added, when the XML is no invoice.
 */
export function addInvoice(
  builder: TextBuilder,
  root: XmlElement,
): { readonly title: string; readonly facts: readonly StatedFact[] } | null {
  const syntax = invoiceSyntax(root);
  if (syntax === null) return null;
  const found = new Map(TERMS.map((term) => [term.name, valueOf(root, term[syntax])] as const));
  const value = (name: string): string => found.get(name)?.text ?? "";
  const what = localName(root) === "CreditNote" ? "Credit note" : "Invoice";
  const title = singleLine(`${what} ${value("number")} ${value("supplier") === "" ? "" : `of ${value("supplier")}`}`);
  builder.add("heading", title, { level: 1 });
  const facts: StatedFact[] = [];
  for (const { name, label } of TERMS) {
    const term = found.get(name);
    if (term === undefined || term.text === "") continue;
    // CII states the currency of its sums once for all.
    const currency = term.currency === "" && name.startsWith("amount_") ? value("currency") : term.currency;
    const display = currency === "" ? term.text : `${term.text} ${currency}`;
    const span = builder.add("list-item", `${label}: ${display}`);
    if (span === null) continue;
    const amount = name.startsWith("amount_") ? Number(term.text) : Number.NaN;
    facts.push({
      name,
      label,
      value: Number.isFinite(amount) ? amount : term.text,
      display,
      start: span.end - display.length,
      end: span.end,
    });
  }
  return { title, facts };
}

function valueOf(root: XmlElement, paths: readonly string[]): { readonly text: string; readonly currency: string } {
  for (const path of paths) {
    const element = down(root, path.split("/"));
    const text = element === undefined ? "" : isoDate(singleLine(textOf(element)), path);
    if (element !== undefined && text !== "") return { text, currency: element.attributes["currencyID"] ?? "" };
  }
  return { text: "", currency: "" };
}

/** The first element along the path that holds text. */
function down(element: XmlElement, [name, ...rest]: readonly string[]): XmlElement | undefined {
  if (name === undefined) return textOf(element).trim() === "" ? undefined : element;
  for (const child of childrenOf(element)) {
    const found = localName(child) === name ? down(child, rest) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** CII writes dates as 20260131. */
function isoDate(text: string, path: string): string {
  return /Date(?:Time)?$/u.test(path) ? text.replace(/^(\d{4})(\d{2})(\d{2})(?:\d{4,6})?$/u, "$1-$2-$3") : text;
}

function localName(element: XmlElement): string {
  const name = element.name.replace(/^.*:/u, "");
  return EARLIER[name] ?? name;
}
