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

/** Nine lines of a column. */
const column = (name: string): string[] =>
  Array.from({ length: 9 }, (_, line) => `${name} ${line} runs on to the very end of it${line === 8 ? "." : ""}`);

function writeText(pdf: PDFKit.PDFDocument): void {
  pdf.text(
    "This page has more than enough text of its own, so that nobody would take it for the scan of a page, not ever.",
  );
}

async function drawScan(): Promise<(pdf: PDFKit.PDFDocument) => void> {
  const image = await scanOf("Penalty");
  return (pdf) => void pdf.image(image, 0, 300, { width: 420 });
}

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

  it("joins a sentence that goes over to the next page, past a footer, and counts it to the page of its start", async () => {
    const body =
      "The text of a page is long enough to fill the line that it stands on from the left to the right margin.";
    const pages = [1, 2, 3].map((number) => (pdf: PDFKit.PDFDocument): void => {
      pdf.fontSize(11);
      if (number > 1) pdf.text("in force until then.").moveDown();
      for (const part of ["A", "B", "C"]) pdf.text(`${part}${number}. ${body}`).moveDown();
      pdf.text(`Clause ${number} stays`);
      pdf.text("Harbourline, internal", 72, 700);
    });
    const parsed = await parser.parse(await pdfOf(pages), "a.pdf");
    expect(outline(parsed)).toContain("paragraph: Clause 1 stays in force until then.");
    expect(parsed.blocks.filter(({ page }) => page === 2)).toHaveLength(4);
  });

  it("does not glue a heading to the paragraph before it", async () => {
    const bytes = await pdfOf([
      (pdf) => {
        pdf
          .fontSize(11)
          .text("The agreement is in force from the first of July 2024 to the last of June in the year of 2026.");
        pdf.text("1 Scope").text("1.1 The Supplier sells cable.");
      },
    ]);
    expect(outline(await parser.parse(bytes, "a.pdf"))).toContain("heading2: 1 Scope");
  });

  it("reads two columns that are written line by line across the page one after the other", async () => {
    const bytes = await pdfOf([
      (pdf) => {
        pdf.fontSize(18).text("A title over both columns of the page", 60, 50, { lineBreak: false });
        pdf.fontSize(10);
        for (const [line, left] of column("left").entries()) {
          pdf.text(left, 60, 100 + 12 * line, { lineBreak: false });
          pdf.text(column("right")[line] ?? "", 320, 100 + 12 * line, { lineBreak: false });
        }
      },
    ]);
    expect(outline(await parser.parse(bytes, "a.pdf"))).toEqual([
      "heading1: A title over both columns of the page",
      `paragraph: ${column("left").join(" ")}`,
      `paragraph: ${column("right").join(" ")}`,
    ]);
  });

  it("keeps a cell that wraps in its row, and the text below a table out of it", async () => {
    const bytes = await pdfOf([
      (pdf) => {
        const at = (text: string, x: number, y: number): void => void pdf.text(text, x, y, { lineBreak: false });
        pdf.fontSize(11);
        for (const [column, name] of ["Article", "Name", "Price"].entries()) at(name, 72 + column * 150, 100);
        at("VC-100", 72, 120);
        at("Cable, copper,", 222, 120);
        at("12.40", 372, 120);
        at("on a drum", 222, 133);
        at("of 500 m", 222, 146);
        at("VC-200", 72, 166);
        at("Connector", 222, 166);
        at("3.15", 372, 166);
        at("All prices are net and hold for the whole of the year.", 72, 179);
      },
    ]);
    expect(outline(await parser.parse(bytes, "a.pdf"))).toEqual([
      "table-row: Article: VC-100; Name: Cable, copper, on a drum of 500 m; Price: 12.40",
      "table-row: Article: VC-200; Name: Connector; Price: 3.15",
      "paragraph: All prices are net and hold for the whole of the year.",
    ]);
  });

  it.each([90, 180, 270])("reads a page that is shown turned by %i degrees", async (rotation) => {
    const bytes = await pdfOf([
      (pdf) => {
        (pdf.page.dictionary.data as Record<string, unknown>)["Rotate"] = rotation;
        pdf.save();
        const { width, height } = pdf.page;
        if (rotation === 90) pdf.translate(0, height).rotate(-90);
        if (rotation === 180) pdf.translate(width, height).rotate(180);
        if (rotation === 270) pdf.translate(width, 0).rotate(90);
        pdf.fontSize(11);
        const rows = [
          ["Article", "Name", "Price"],
          ["VC-100", "Cable, copper", "12.40"],
        ];
        for (const [row, cells] of rows.entries()) {
          for (const [at, cell] of cells.entries()) pdf.text(cell, 72 + at * 150, 100 + row * 20, { lineBreak: false });
        }
        pdf.restore();
      },
    ]);
    expect(outline(await parser.parse(bytes, "a.pdf"))).toEqual([
      "table-row: Article: VC-100; Name: Cable, copper; Price: 12.40",
    ]);
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

  describe("when recognition is refused", () => {
    const refused = { ocr: "refused" } as const;
    const strict = pdfParser({
      recognise: () => Promise.reject(new TypeError("nothing is recognised")),
      close: async () => undefined,
    });
    it.each([
      ["a scan", []],
      ["a document with one scanned page at its end", [writeText, writeText]],
    ])("says that %s needs it, before anything is recognised", async (_case, pages) => {
      const bytes = await pdfOf([...pages, await drawScan()]);
      await expect(strict.parse(bytes, "a.pdf", undefined, refused)).rejects.toMatchObject({ code: "needs-ocr" });
    });

    it("reads a page of text with a picture amid it", async () => {
      const draw = await drawScan();
      const bytes = await pdfOf([
        (pdf) => {
          writeText(pdf);
          draw(pdf);
        },
      ]);
      expect((await strict.parse(bytes, "a.pdf", undefined, refused)).usedOcr).toBe(false);
    });

    it("gives the attached picture of a readable document unread, as ever", async () => {
      const image = await scanOf("Attached");
      const bytes = await pdfOf([
        (pdf) => {
          writeText(pdf);
          pdf.file(image, { name: "scan.png" });
        },
      ]);
      const parsed = await strict.parse(bytes, "a.pdf", undefined, refused);
      expect(parsed.attachments.map(({ name }) => name)).toEqual(["scan.png"]);
    });
  });

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
