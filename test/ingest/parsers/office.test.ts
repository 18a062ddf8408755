import { describe, expect, it } from "vitest";
import { docxParser } from "../../../ingest/parsers/docx.ts";
import { xlsxParser } from "../../../ingest/parsers/xlsx.ts";
import { parserContract } from "../../contracts/parser.ts";
import { Paragraph } from "docx";
import { claimingSizes, docxOf, heading, outline, scanOf, tableOf, swollen, xlsxOf } from "./sample-files.ts";

const agreement = (): Promise<Buffer> =>
  docxOf([
    heading("Kestrel Fasteners"),
    new Paragraph("Net 60 days."),
    tableOf([
      ["Article", "Price"],
      ["Anchor", "1.20"],
      ["Bolt", "0.35"],
    ]),
  ]);

const priceList = (): Promise<Buffer> =>
  xlsxOf((workbook) => {
    const sheet = workbook.addWorksheet("Prices 2026");
    sheet.addRow(["Price list of Voltaris"]);
    sheet.addRow(["Article", "Price", "Valid from", "Discount", "Net"]);
    sheet.addRow(["VC-100", 12.5, new Date("2026-01-01"), 0.075, { formula: "B3*(1-D3)", result: 11.5625 }]);
    sheet.getCell("B3").numFmt = "0.00";
    sheet.getCell("D3").numFmt = "0.0%";
    workbook.addWorksheet("Empty");
  });

parserContract("docx", docxParser, async () => ({
  name: "a.docx",
  bytes: await agreement(),
  words: ["Kestrel", "Net 60", "Anchor", "0.35"],
}));
parserContract("xlsx", xlsxParser, async () => ({
  name: "a.xlsx",
  bytes: await priceList(),
  words: ["Prices 2026", "Voltaris", "VC-100"],
}));

describe("docxParser", () => {
  it("reads headings, paragraphs and tables under their header", async () => {
    expect(outline(await docxParser.parse(await agreement(), "a.docx"))).toEqual([
      "heading1: Kestrel Fasteners",
      "paragraph: Net 60 days.",
      "table-row: Article: Anchor; Price: 1.20",
      "table-row: Article: Bolt; Price: 0.35",
    ]);
  });

  it("says that a truncated document is damaged", async () => {
    const whole = await agreement();
    await expect(docxParser.parse(whole.subarray(0, whole.length - 100), "a.docx")).rejects.toMatchObject({
      code: "unreadable-file",
    });
  });

  it("refuses an archive that says it unpacks to hundreds of megabytes", async () => {
    const bytes = claimingSizes(await agreement(), 300 * 1024 * 1024);
    await expect(docxParser.parse(bytes, "a.docx")).rejects.toMatchObject({ code: "parser-limit" });
  });

  it("refuses an archive that unpacks to more than it says", async () => {
    const bytes = claimingSizes(await swollen(await agreement(), "word/document.xml", 20), 1000);
    await expect(docxParser.parse(bytes, "a.docx")).rejects.toMatchObject({ code: "unreadable-file" });
  });
});

describe("xlsxParser", () => {
  it("reads each row with its column names, numbers as they are shown, and formulas by their result", async () => {
    expect(outline(await xlsxParser.parse(await priceList(), "a.xlsx"))).toEqual([
      "heading1: Prices 2026",
      "paragraph: Price list of Voltaris",
      "table-row: Article: VC-100; Price: 12.50; Valid from: 2026-01-01; Discount: 7.5 %; Net: 11.5625",
    ]);
  });

  it("reads a workbook with comments and pictures", async () => {
    const scan = await scanOf("logo");
    const bytes = await xlsxOf((workbook) => {
      const sheet = workbook.addWorksheet("S");
      sheet.addRow(["kept"]);
      sheet.getCell("A1").note = "a comment";
      const image = workbook.addImage({ buffer: scan as unknown as ArrayBuffer, extension: "png" });
      sheet.addImage(image, "B2:C3");
    });
    expect((await xlsxParser.parse(bytes, "a.xlsx")).text).toContain("kept");
  });

  it("reads a merged cell once", async () => {
    const bytes = await xlsxOf((workbook) => {
      const sheet = workbook.addWorksheet("S");
      sheet.addRow(["Merged title"]);
      sheet.mergeCells("A1:D1");
    });
    expect((await xlsxParser.parse(bytes, "a.xlsx")).text.match(/Merged title/gu)).toHaveLength(1);
  });

  it("says that a workbook without a filled cell is empty", async () => {
    const bytes = await xlsxOf((workbook) => void workbook.addWorksheet("S"));
    await expect(xlsxParser.parse(bytes, "a.xlsx")).rejects.toMatchObject({ code: "empty-file" });
  });
});
