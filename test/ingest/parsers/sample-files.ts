import { deflateSync } from "node:zlib";
import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow } from "docx";
import ExcelJs from "exceljs";
import JsZip from "jszip";
import { PDFParse } from "pdf-parse";
import PdfKit from "pdfkit";
import type { ParsedFile } from "../../../ingest/parsers/port.ts";

type PdfDrawing = (pdf: PDFKit.PDFDocument) => void;

export async function pdfOf(pages: readonly PdfDrawing[], options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const pdf = new PdfKit({ autoFirstPage: false, ...options });
  const pieces: Buffer[] = [];
  pdf.on("data", (piece: Buffer) => pieces.push(piece));
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  pdf.on("end", () => resolve(Buffer.concat(pieces)));
  for (const draw of pages) {
    pdf.addPage();
    draw(pdf);
  }
  pdf.end();
  return promise;
}

/** A page of large words as an image, as a scanner makes them. */
export async function scanOf(words: string): Promise<Buffer> {
  const parser = new PDFParse({
    data: Uint8Array.from(await pdfOf([(pdf) => pdf.fontSize(30).text(words)], { size: [420, 200], margin: 30 })),
  });
  try {
    const { pages } = await parser.getScreenshot({ scale: 2, imageDataUrl: false });
    return Buffer.from(pages[0]?.data ?? []);
  } finally {
    await parser.destroy();
  }
}

export async function docxOf(children: readonly (Paragraph | Table)[]): Promise<Buffer> {
  return Packer.toBuffer(new Document({ sections: [{ children: [...children] }] }));
}

export const heading = (text: string): Paragraph => new Paragraph({ text, heading: HeadingLevel.HEADING_1 });

export function tableOf(rows: readonly (readonly string[])[]): Table {
  return new Table({
    rows: rows.map(
      (cells) => new TableRow({ children: cells.map((cell) => new TableCell({ children: [new Paragraph(cell)] })) }),
    ),
  });
}

export async function xlsxOf(fill: (workbook: ExcelJs.Workbook) => void): Promise<Buffer> {
  const workbook = new ExcelJs.Workbook();
  fill(workbook);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The archive with its directory changed to say that each entry unpacks to so many bytes. */
export function claimingSizes(archive: Buffer, bytes: number): Buffer {
  const changed = Buffer.from(archive);
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  for (let at = changed.indexOf(signature); at !== -1; at = changed.indexOf(signature, at + 4))
    changed.writeUInt32LE(bytes, at + 24);
  return changed;
}

/** The archive with one entry replaced by spaces. */
export async function swollen(archive: Buffer, entry: string, megabytes: number): Promise<Buffer> {
  const zip = await JsZip.loadAsync(archive);
  zip.file(entry, Buffer.alloc(megabytes * 1024 * 1024, " "));
  return zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" });
}

/** A PDF of a few kilobytes whose page unpacks, twice over, to so many megabytes. */
export function pdfBombOf(megabytes: number): Buffer {
  const content = deflateSync(deflateSync(Buffer.alloc(megabytes * 1024 * 1024, " "), { level: 1 }));
  const objects = [
    Buffer.from("<</Type/Catalog/Pages 2 0 R>>"),
    Buffer.from("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
    Buffer.from("<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>>"),
    Buffer.concat([
      Buffer.from(`<</Length ${content.length}/Filter[/FlateDecode/FlateDecode]>>stream\n`),
      content,
      Buffer.from("\nendstream"),
    ]),
  ];
  const body = objects.map((object, index) =>
    Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from("\nendobj\n")]),
  );
  return Buffer.concat([Buffer.from("%PDF-1.4\n"), ...body, Buffer.from("trailer<</Root 1 0 R/Size 5>>\n%%EOF")]);
}

/** Kind, level and text of each block, which is what a test compares. */
export function outline({ text, blocks }: ParsedFile): string[] {
  return blocks.map(({ kind, level, start, end }) => `${kind}${level ?? ""}: ${text.slice(start, end)}`);
}
