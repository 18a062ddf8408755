import { createRequire } from "node:module";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseParser } from "../../../ingest/parsers/choose-parser.ts";
import { detectLanguage } from "../../../ingest/parsers/detect-language.ts";
import { ediParser, ediStandard } from "../../../ingest/parsers/edi.ts";
import type { Ocr } from "../../../ingest/parsers/ocr.ts";
import { pdfParser } from "../../../ingest/parsers/pdf.ts";
import type { ParsedFile } from "../../../ingest/parsers/port.ts";
import { xmlParser } from "../../../ingest/parsers/xml.ts";
import { expectSound, parserContract } from "../../contracts/parser.ts";
import { outline, pdfOf } from "./sample-files.ts";

const noOcr: Ocr = { recognise: async () => [], close: async () => undefined };

const EDIFACT =
  "UNA:+.? 'UNB+UNOC:3+SUPPLIER+BUYER+260101:1200+1'UNH+1+INVOIC:D:96A:UN'BGM+380+RE?+17'MOA+77:119.00'UNT+3+1'";
const X12 = `ISA*00*          *00*          *ZZ*SUPPLIER       *ZZ*BUYER          *260101*1200*U*00401*000000001*0*T*>~GS*IN*S*B~ST*810*0001~BIG*20260101*RE-17~SE*2*0001~`;
const TRADACOMS = "STX=ANA:1+SHOP PLC+MAKER PLC'MHD=1+ORDERS:9'ORD=981:940321'";

parserContract("edi", ediParser, () => ({
  name: "a.edi",
  bytes: Buffer.from(EDIFACT),
  words: ["INVOIC", "RE+17", "119.00"],
}));

describe("ediParser", () => {
  it.each([
    ["EDIFACT", EDIFACT, "EDIFACT INVOIC", "list-item: BGM | 380 | RE+17"],
    ["X12", X12, "X12 810", "list-item: BIG | 20260101 | RE-17"],
    ["TRADACOMS", TRADACOMS, "TRADACOMS ORDERS", "list-item: ORD | 981 940321"],
  ])("tells %s and reads its segments as lines", async (standard, text, title, line) => {
    expect(ediStandard(text)).toBe(standard);
    const parsed = await chooseParser(noOcr).parse(Buffer.from(text), "a.txt");
    expect(parsed).toMatchObject({ kind: "edi", title });
    expect(outline(parsed)).toContain(line);
  });

  it("reads whatever follows a header", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("UNA", "UNB+", "ISA*", "STX=A"),
        fc.string({ unit: "binary" }),
        async (start, rest) => {
          expectSound(await ediParser.parse(Buffer.from(start + rest), "a.edi"));
        },
      ),
    );
  });
});

const UBL = `<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="c" xmlns:cac="a">
<cbc:ID>RE-17</cbc:ID><cbc:IssueDate>2026-10-01</cbc:IssueDate><cbc:DueDate>2026-10-31</cbc:DueDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>PO00012</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Copperhead</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal></Invoice>`;
const CII = `<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"><rsm:ExchangedDocument><ram:ID>RE-17</ram:ID><ram:IssueDateTime><udt:DateTimeString format="102">20261001</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Copperhead</ram:Name></ram:SellerTradeParty><ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO00012</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString>20261031</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>119.00</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;

const FACTS = {
  number: "RE-17",
  issue_date: "2026-10-01",
  due_date: "2026-10-31",
  supplier: "Copperhead",
  order: "PO00012",
  currency: "EUR",
  amount_total: 119,
};

function expectInvoice({ text, kind, facts = [] }: ParsedFile): void {
  expect(kind).toBe("e-invoice");
  expect(Object.fromEntries(facts.map(({ name, value }) => [name, value]))).toEqual(FACTS);
  for (const { start, end, display } of facts) expect(text.slice(start, end)).toBe(display);
}

describe("e-invoices", () => {
  it.each([
    ["UBL", UBL],
    ["CII", CII],
  ])("are known in %s, with what they state as facts at their spans", async (_syntax, xml) => {
    expectInvoice(await xmlParser.parse(Buffer.from(xml), "a.xml"));
  });

  it("are found inside of a PDF, which keeps its pages and its other attachments", async () => {
    const bytes = await pdfOf([
      (pdf) => {
        pdf.text("Invoice RE-17, please pay.");
        pdf.file(Buffer.from(CII), { name: "factur-x.xml" });
        pdf.file(Buffer.from("terms"), { name: "../terms.txt" });
      },
    ]);
    const parsed = await pdfParser(noOcr).parse(bytes, "a.pdf");
    expectInvoice(parsed);
    expectSound(parsed);
    expect(parsed).toMatchObject({ title: "Invoice RE-17 of Copperhead", pages: 1 });
    expect(parsed.text).toMatch(/^Invoice RE-17, please pay\./u);
    expect(parsed.attachments.map(({ name, bytes: content }) => [name, Buffer.from(content).toString()])).toEqual([
      ["terms.txt", "terms"],
    ]);
  });

  it("are not seen in other XML, and expand no entities", async () => {
    const hostile = `<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>${UBL.replace("Copperhead", "&x;")}`;
    const parsed = await xmlParser.parse(Buffer.from(hostile), "a.xml");
    expect(parsed.text).not.toContain("root:");
    expect((await xmlParser.parse(Buffer.from("<Invoice><ID>1</ID></Invoice>"), "a.xml")).kind).toBeUndefined();
  });
});

describe("detectLanguage", () => {
  it.each([
    ["en", "The supplier shall deliver the goods within thirty days of the order and bear the cost of the carriage."],
    [
      "de",
      "Der Lieferant liefert die Ware innerhalb von dreißig Tagen nach der Bestellung und trägt die Kosten der Fracht.",
    ],
    [
      "fr",
      "Le fournisseur livre les marchandises dans les trente jours suivant la commande et supporte les frais de transport.",
    ],
    [
      "nl",
      "De leverancier levert de goederen binnen dertig dagen na de bestelling en draagt de kosten van het vervoer.",
    ],
  ])("knows %s", (language, text) => {
    expect(detectLanguage(text)).toBe(language);
  });

  it.each(["", "Net 30", "VC-100 12.40 PO00012 ".repeat(100)])("says nothing of %j", (text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });

  it("bears any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => void detectLanguage(text)));
  });
});

describe("Outlook messages", () => {
  interface Entry {
    readonly name: string;
    readonly type: number;
    readonly children?: readonly number[];
    readonly binaryProvider?: () => Uint8Array;
    readonly length: number;
  }
  /** Writes the container of a message; the reader has it for messages inside of messages. */
  const { burn } = createRequire(import.meta.url)("@kenjiuno/msgreader/lib/Burner") as {
    readonly burn: (entries: readonly Entry[]) => Uint8Array;
  };

  function messageOf(fields: Readonly<Record<string, string>>): Uint8Array {
    const streams = Object.entries(fields).map(([tag, text]) => {
      const bytes = Uint8Array.from(Buffer.from(text, "utf16le"));
      return { name: `__substg1.0_${tag}001F`, type: 2, length: bytes.length, binaryProvider: () => bytes };
    });
    const properties = new Uint8Array(32);
    const all: Entry[] = [
      ...streams,
      { name: "__properties_version1.0", type: 2, length: properties.length, binaryProvider: () => properties },
    ];
    return burn([{ name: "Root Entry", type: 5, length: 0, children: all.map((_, index) => index + 1) }, ...all]);
  }

  it("are read with who wrote what, in any of their characters", async () => {
    const bytes = messageOf({
      "0037": "Quote for wire",
      "0C1A": "Cora",
      "5D01": "cora@copperhead.example",
      "1000": "We offer 12.10 €.\r\n\r\n4.2 As agreed.",
    });
    const parsed = await chooseParser(noOcr).parse(bytes, "a.bin");
    expect(parsed).toMatchObject({ kind: "e-mail", title: "Quote for wire" });
    expect(outline(parsed)).toEqual([
      "list-item: From: Cora <cora@copperhead.example>",
      "list-item: Subject: Quote for wire",
      "paragraph: We offer 12.10 €.",
      "paragraph: 4.2 As agreed.",
    ]);
  });

  it("that are cut off are damaged", async () => {
    const bytes = messageOf({ "0037": "x" });
    await expect(chooseParser(noOcr).parse(bytes.subarray(0, 700), "a.msg")).rejects.toMatchObject({
      name: "GroundworkError",
    });
  });
});
