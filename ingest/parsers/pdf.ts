import { GroundworkError } from "../../infra/errors.ts";
import { addPages, type PageLines } from "./add-pages.ts";
import { decodeText } from "./decode-text.ts";
import { addInvoice, mayBeInvoice } from "./e-invoice.ts";
import { needsOcr } from "./needs-ocr.ts";
import { MOST_ATTACHMENTS, safeName } from "./safe-name.ts";
import type { Ocr } from "./ocr.ts";
import { MAXIMUM_OCR_PAGES } from "./parser-limits.ts";
import { PdfDocument } from "./pdf-document.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";
import { type PlacedImage, recogniseLines } from "./recognise-lines.ts";
import { readXml } from "./xml-tree.ts";
import { joinLines, lineText, type TextItem, type TextLine } from "./text-line.ts";

const MAXIMUM_PAGES = 5000;
/** Visible characters: a page with fewer, and with pictures, is taken for a scan. Scanners stamp a line onto their pages. */
const FEWEST_CHARACTERS = 80;
const OCR_DOTS_PER_INCH = 250;
const OCR_PIXELS = 9_000_000;

/** Text with pages; a page that has pictures and next to no text is recognised by `ocr`, alone. */
export function pdfParser(ocr: Ocr): Parser {
  return {
    parse: async (bytes, _name, signal, { ocr: recognition = "allowed" } = {}) => {
      const document = await open(bytes);
      try {
        return await readDocument(document, recognition === "allowed" ? ocr : null, signal);
      } finally {
        await document.close();
      }
    },
  };
}

/** Without `ocr` the first page that needs it throws `needs-ocr`. */
async function readDocument(
  document: PdfDocument,
  ocr: Ocr | null,
  signal: AbortSignal | undefined,
): ReturnType<Parser["parse"]> {
  if (document.pageCount > MAXIMUM_PAGES) throw tooMany(`${MAXIMUM_PAGES} pages`);
  const pages: ReadPage[] = [];
  let recognised = 0;
  // A page is recognised while the next one is read and painted.
  let recognition: Promise<void> = Promise.resolve();
  for (let number = 1; number <= document.pageCount; number += 1) {
    if (signal?.aborted === true) throw new GroundworkError("cancelled", "Reading the file was cancelled.");
    if (recognised > MAXIMUM_OCR_PAGES) throw tooMany(`${MAXIMUM_OCR_PAGES} scanned pages`);
    const page = await readPage(document, number);
    pages.push(page);
    if (!page.isScan) continue;
    if (ocr === null) throw needsOcr();
    recognised += 1;
    const picture = document.scan(number, page) ?? (await paint(document, page));
    await recognition;
    recognition = recognisePage(document, page, picture, ocr);
  }
  await recognition;
  const warnings = pages.filter(({ isWhole }) => !isWhole).map(({ page }) => `Page ${page} could not be read.`);
  const builder = new TextBuilder();
  addPages(builder, pages);
  if (builder.isEmpty && warnings.length > 0) throw damaged();
  const title = await document.title().catch(() => undefined);
  const embedded = await document.attachments().catch(() => []);
  const invoice = addEmbeddedInvoice(builder, embedded);
  return builder.build({
    title,
    ...(invoice === null ? {} : { title: invoice.title, facts: invoice.facts, kind: "e-invoice" }),
    pages: document.pageCount,
    usedOcr: recognised > 0,
    attachments: embedded
      .filter((file) => file !== invoice?.file && file.bytes.length > 0)
      .slice(0, MOST_ATTACHMENTS)
      .map(({ name, bytes }, index) => ({
        name: safeName(name) || `attachment-${index + 1}`,
        bytes: Uint8Array.from(bytes),
      })),
    warnings,
  });
}

interface EmbeddedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the XML of a hybrid invoice (Factur-X, ZUGFeRD) states goes after the pages, which it repeats for machines. */
function addEmbeddedInvoice(
  builder: TextBuilder,
  embedded: readonly EmbeddedFile[],
): (NonNullable<ReturnType<typeof addInvoice>> & { readonly file: EmbeddedFile }) | null {
  for (const file of embedded) {
    if (!/\.xml$/iu.test(file.name)) continue;
    const xml = decodeText(file.bytes);
    try {
      const invoice = mayBeInvoice(xml) ? addInvoice(builder, readXml(xml)) : null;
      if (invoice !== null) return { ...invoice, file };
    } catch (error) {
      // The pages are readable all the same.
      if (!(error instanceof GroundworkError)) throw error;
    }
  }
  return null;
}

interface ReadPage extends PageLines {
  lines: readonly TextLine[];
  readonly isScan: boolean;
  /** False when something of the page could not be read. */
  isWhole: boolean;
  readonly width: number;
  readonly height: number;
}

async function readPage(document: PdfDocument, number: number): Promise<ReadPage> {
  try {
    const { items, entries, width, height } = await document.readPage(number);
    const isScan = isNearlyEmpty(items) && (await document.showsPictures(number, { width, height }));
    return { page: number, lines: joinLines(items), entries, isScan, isWhole: true, width, height };
  } catch {
    return { page: number, lines: [], entries: [], isScan: false, isWhole: false, width: 1, height: 1 };
  }
}

function tooMany(what: string): GroundworkError {
  return new GroundworkError("parser-limit", `The PDF has more than ${what}. Split it into smaller files.`);
}

async function open(bytes: Uint8Array): Promise<PdfDocument> {
  try {
    return await PdfDocument.open(bytes);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "PasswordException") {
      throw new GroundworkError(
        "encrypted-file",
        "The PDF is protected with a password. Save a copy without one and upload that.",
        { cause },
      );
    }
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    "The PDF is damaged or incomplete. Open it in a PDF viewer, save it again and upload the copy.",
    { cause },
  );
}

function isNearlyEmpty(items: readonly TextItem[]): boolean {
  let characters = 0;
  for (const { text } of items) {
    characters += text.replace(/\s/gu, "").length;
    if (characters >= FEWEST_CHARACTERS) return false;
  }
  return true;
}

/** Null when the page cannot be painted. */
async function paint(document: PdfDocument, { page, width, height }: ReadPage): Promise<PlacedImage | null> {
  const scale = Math.min(OCR_DOTS_PER_INCH / 72, Math.sqrt(OCR_PIXELS / Math.max(1, width * height)));
  return document.paint(page, scale).catch(() => null);
}

/** A picture that the engine does not read as it stands in the file is painted after all. */
async function recognisePage(
  document: PdfDocument,
  page: ReadPage,
  picture: PlacedImage | null,
  ocr: Ocr,
): Promise<void> {
  const recognise = async (image: PlacedImage | null): Promise<readonly TextLine[] | null> =>
    image === null ? null : recogniseLines(ocr, image).catch(() => null);
  const original = picture?.isOriginal === true ? await recognise(picture) : null;
  const lines = original ?? (await recognise(picture?.isOriginal === true ? await paint(document, page) : picture));
  if (lines === null) page.isWhole = false;
  else if (original !== null && picture?.hasText === true) page.lines = withStamps(original, page.lines);
  else if (textLength(lines) > textLength(page.lines)) page.lines = lines;
}

/** Text that was set over a scan, each line before the first recognised one that lies lower. */
function withStamps(recognised: readonly TextLine[], set: readonly TextLine[]): readonly TextLine[] {
  const lines = [...recognised];
  for (const line of set) {
    const at = lines.findIndex(({ y }) => y > line.y);
    lines.splice(at === -1 ? lines.length : at, 0, line);
  }
  return lines;
}

const textLength = (lines: readonly TextLine[]): number => lines.reduce((sum, line) => sum + lineText(line).length, 0);
