import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseParser, detectFormat } from "../../../ingest/parsers/choose-parser.ts";
import type { Ocr } from "../../../ingest/parsers/ocr.ts";
import { expectSound } from "../../contracts/parser.ts";
import { docxOf, heading, pdfOf, scanOf, xlsxOf } from "./sample-files.ts";

const noOcr: Ocr = { recognise: async () => [], close: async () => undefined };
const OLD_OFFICE = Buffer.from("D0CF11E0A1B11AE1".padEnd(1200, "0"), "hex");

describe("detectFormat", () => {
  it.each([
    ["a PDF named .txt", () => pdfOf([(pdf) => pdf.text("x")]), "a.txt", "pdf"],
    ["a Word document without extension", () => docxOf([heading("x")]), "a", "docx"],
    [
      "a workbook named .docx",
      () => xlsxOf((workbook) => void workbook.addWorksheet("S").addRow(["x"])),
      "a.docx",
      "xlsx",
    ],
    ["an image named .pdf", () => scanOf("x"), "a.pdf", "image"],
    ["text named .pdf", () => Buffer.from("just text"), "a.pdf", "text"],
    ["a page named .txt", () => Buffer.from("<!DOCTYPE html><p>x"), "a.txt", "html"],
    ["XHTML", () => Buffer.from('<?xml version="1.0"?><html><p>x</p></html>'), "a.xml", "html"],
    ["XML", () => Buffer.from('<?xml version="1.0"?><Invoice/>'), "a", "xml"],
    [
      "mail without extension",
      () => Buffer.from("Received: by x\r\n folded\r\nFrom: a@b.example\r\n\r\nHi"),
      "a",
      "eml",
    ],
    ["Markdown", () => Buffer.from("# x"), "READ.ME.MD", "markdown"],
    ["CSV", () => Buffer.from("a,b"), "a.csv", "delimited"],
    ["text under a name from hell", () => Buffer.from("x"), "../\u0000\u202E\n'; DROP TABLE x;--", "text"],
  ] as const)("knows %s", async (_case, make, name, format) => {
    expect(await detectFormat(await make(), name)).toBe(format);
  });

  it.each([
    ["nothing", Buffer.alloc(0), "a.pdf", "empty-file"],
    ["an archive", Buffer.from("504b0506".padEnd(44, "0"), "hex"), "a.zip", "unsupported-file"],
    ["a program", Buffer.from("7f454c4602010100", "hex"), "a.txt", "unsupported-file"],
    ["an old Office file", OLD_OFFICE, "a.doc", "unsupported-file"],
    [
      "an encrypted Office file",
      Buffer.concat([OLD_OFFICE, Buffer.from("EncryptedPackage", "utf16le")]),
      "a.docx",
      "encrypted-file",
    ],
    ["bytes that were a PDF once", Buffer.from("00010203".repeat(50), "hex"), "a.pdf", "unreadable-file"],
  ])("refuses %s and says what to do", async (_case, bytes, name, code) => {
    await expect(detectFormat(bytes, name)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^[A-Z].*\.$/u) as string,
    });
  });
});

describe("chooseParser", () => {
  it("reads UTF-16 whatever the format", async () => {
    const { text } = await chooseParser(noOcr).parse(Buffer.from("<html><p>Größe", "utf16le"), "a.html");
    expect(text).toBe("Größe");
  });

  it("turns whatever a library throws into an unreadable file", async () => {
    const deep = Buffer.from(`${">".repeat(20_000)} x`);
    await expect(chooseParser(noOcr).parse(deep, "a.md")).rejects.toMatchObject({ code: "unreadable-file" });
  });

  /** Of our own: names and contents that programs stumble over. */
  const NAUGHTY = [
    "undefined",
    "null\u0000byte",
    "__proto__",
    "${7*7}{{7*7}}<%= 7*7 %>",
    "'; DROP TABLE documents; --",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example")',
    "../../../../etc/passwd",
    "CON",
    "file.pdf\u202Efdp.exe",
    "\uD800 lone \uDC00",
    "e\u0301\u0301\u0301\u0301",
    "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}",
    "مرحبا\u200F שלום",
    "\uFEFF\uFFFE",
    "- ".repeat(200),
    "((((((((((((((((((((",
    "{\\rtf1 {\\*\\bin9999 x}",
    "ISA*UNB+STX=",
    "1e999",
  ];
  const EXTENSIONS = ["txt", "md", "csv", "html", "xml", "eml", "rtf", "edi", "pdf", "docx", ""];
  const parser = chooseParser(noOcr);

  it("reads any text under any name, or says why not", async () => {
    const text = fc.oneof(fc.constantFrom(...NAUGHTY), fc.string({ unit: "binary", maxLength: 60 }));
    const lines = fc.array(text, { maxLength: 6 }).map((all) => all.join("\n"));
    await fc.assert(
      fc.asyncProperty(lines, text, fc.constantFrom(...EXTENSIONS), async (content, name, extension) => {
        try {
          expectSound(await parser.parse(Buffer.from(content), `${name}.${extension}`));
        } catch (error) {
          expect(error).toMatchObject({ name: "GroundworkError" });
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
