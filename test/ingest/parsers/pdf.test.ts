import { afterAll, describe, expect, it } from "vitest";
import { openOcr } from "../../../ingest/parsers/ocr.ts";
import { pdfParser } from "../../../ingest/parsers/pdf.ts";
import { parserContract } from "../../contracts/parser.ts";
import { outline, pdfOf, scanOf } from "./sample-files.ts";

const ocr = openOcr();
const parser = pdfParser(ocr);
afterAll(() => ocr.close());

const agreement = (): Promise<Buffer> =>
  pdfOf([
    (pdf) => {
      pdf.font("Helvetica-Bold").fontSize(20).text("Supplier agreement");
      pdf.font("Helvetica").fontSize(11).moveDown().text("4 Prices");
      pdf
        .moveDown()
        .text(
          "4.1 Prices are those of the attached list. They hold for the whole term and change only as agreed in writing by both.",
        );
      pdf.text("4.2 A deviation above two per cent needs written consent.");
    },
    (pdf) => {
      const rows = [
        ["Article", "Name", "Price"],
        ["VC-100", "Cable, copper", "12.40"],
        ["VC-200", "Connector", "3.15"],
      ];
      for (const [row, cells] of rows.entries()) {
        for (const [column, cell] of cells.entries())
          pdf.fontSize(11).text(cell, 72 + column * 150, 100 + row * 20, { lineBreak: false });
      }
    },
  ]);

parserContract("pdf", parser, async () => ({
  name: "agreement.pdf",
  bytes: await agreement(),
  words: ["Supplier", "4.1", "4.2", "VC-100"],
}));

describe("pdfParser", () => {
  it("tells headings, clauses and table rows by their shape", async () => {
    expect(outline(await parser.parse(await agreement(), "a.pdf"))).toEqual([
      "heading1: Supplier agreement",
      "heading2: 4 Prices",
      "paragraph: 4.1 Prices are those of the attached list. They hold for the whole term and change only as agreed in writing by both.",
      "paragraph: 4.2 A deviation above two per cent needs written consent.",
      "table-row: Article: VC-100; Name: Cable, copper; Price: 12.40",
      "table-row: Article: VC-200; Name: Connector; Price: 3.15",
    ]);
  });

  it("gives each block the page that it stands on", async () => {
    const { blocks, pages } = await parser.parse(await agreement(), "a.pdf");
    expect(pages).toBe(2);
    expect(blocks.map(({ page }) => page)).toEqual([1, 1, 1, 1, 2, 2]);
  });

  it("keeps a running header where it first appears and nowhere else", async () => {
    const pages = [1, 2, 3, 4].map((number) => (pdf: PDFKit.PDFDocument): void => {
      pdf.fontSize(11).text(`Harbourline Supply, page ${number}`).moveDown();
      for (const step of [1, 2, 3, 4, 5]) pdf.text(`Row ${number * 10 + step} holds bolts.`).moveDown();
    });
    const { text } = await parser.parse(await pdfOf(pages), "a.pdf");
    expect(text.match(/Harbourline/gu)).toHaveLength(1);
    expect(text.match(/Row \d+/gu)).toHaveLength(20);
  });

  it("recognises the scanned page of a mixed document and that page alone", async () => {
    const scan = await scanOf("Penalty 1.5 percent");
    const bytes = await pdfOf([
      (pdf) =>
        pdf.text("The first page has text enough of its own, so that nobody would take it for the scan of a page."),
      (pdf) => pdf.image(scan, 0, 0, { width: 420 }),
    ]);
    const parsed = await parser.parse(bytes, "mixed.pdf");
    expect(parsed.usedOcr).toBe(true);
    expect(parsed.text).toMatch(/Penalty 1\.5 percent/u);
    expect(parsed.blocks.at(-1)?.page).toBe(2);
  }, 60_000);

  it("says that a PDF is protected with a password", async () => {
    const bytes = await pdfOf([(pdf) => pdf.text("secret")], { userPassword: "open", pdfVersion: "1.7" });
    await expect(parser.parse(bytes, "a.pdf")).rejects.toMatchObject({ code: "encrypted-file" });
  });

  it("says that a PDF without text or pictures is empty", async () => {
    await expect(parser.parse(await pdfOf([() => undefined]), "a.pdf")).rejects.toMatchObject({ code: "empty-file" });
  });

  it.each([5, 50, 400])("says that a PDF cut off after %i bytes is damaged", async (length) => {
    await expect(parser.parse((await agreement()).subarray(0, length), "a.pdf")).rejects.toMatchObject({
      code: "unreadable-file",
    });
  });

  it("stops between pages when it is cancelled", async () => {
    await expect(parser.parse(await agreement(), "a.pdf", AbortSignal.abort())).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});
