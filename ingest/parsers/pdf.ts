import { GroundworkError } from "../../infra/errors.ts";
import { addPages, type PageLines } from "./add-pages.ts";
import type { Ocr } from "./ocr.ts";
import { PdfDocument, type PdfPage } from "./pdf-document.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";
import { recogniseLines } from "./recognise-lines.ts";
import { joinLines, lineText, type TextItem, type TextLine } from "./text-line.ts";

export const MAXIMUM_PAGES = 5000;
export const MAXIMUM_OCR_PAGES = 200;
/** Visible characters: a page with fewer, and with pictures, is taken for a scan. Scanners stamp a line onto their pages. */
const FEWEST_CHARACTERS = 80;
const OCR_DOTS_PER_INCH = 250;
const OCR_PIXELS = 9_000_000;

/** Text with pages; a page that has pictures and next to no text is recognised by `ocr`, alone. */
export function pdfParser(ocr: Ocr): Parser {
  return {
    parse: async (bytes, _name, signal) => {
      const document = await open(bytes);
      try {
        return await readDocument(document, ocr, signal);
      } finally {
        await document.close();
      }
    },
  };
}

async function readDocument(
  document: PdfDocument,
  ocr: Ocr,
  signal: AbortSignal | undefined,
): ReturnType<Parser["parse"]> {
  if (document.pageCount > MAXIMUM_PAGES) {
    throw new GroundworkError(
      "parser-limit",
      `The PDF has more than ${MAXIMUM_PAGES} pages. Split it into smaller files.`,
    );
  }
  const pages: PageLines[] = [];
  const warnings: string[] = [];
  let recognised = 0;
  for (let number = 1; number <= document.pageCount; number += 1) {
    if (signal?.aborted === true) throw new GroundworkError("cancelled", "Reading the file was cancelled.");
    let lines: readonly TextLine[] = [];
    try {
      const page = await document.readPage(number);
      lines = joinLines(page.items);
      if (isNearlyEmpty(page.items) && (await document.showsPictures(number))) {
        recognised += 1;
        if (recognised > MAXIMUM_OCR_PAGES) {
          throw new GroundworkError(
            "parser-limit",
            `The PDF has more than ${MAXIMUM_OCR_PAGES} scanned pages. Split it into smaller files.`,
          );
        }
        lines = longer(lines, await recognisePage(document, page, number, ocr));
      }
    } catch (error) {
      if (error instanceof GroundworkError && error.code === "parser-limit") throw error;
      warnings.push(`Page ${number} could not be read.`);
    }
    pages.push({ page: number, lines });
  }
  if (warnings.length === document.pageCount) throw damaged();
  const builder = new TextBuilder();
  addPages(builder, pages);
  const title = await document.title().catch(() => undefined);
  return builder.build({ title, pages: document.pageCount, usedOcr: recognised > 0, warnings });
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

async function recognisePage(
  document: PdfDocument,
  page: PdfPage,
  number: number,
  ocr: Ocr,
): Promise<readonly TextLine[]> {
  const scale = Math.min(OCR_DOTS_PER_INCH / 72, Math.sqrt(OCR_PIXELS / Math.max(1, page.width * page.height)));
  return recogniseLines(ocr, await document.render(number, scale), scale);
}

function longer(left: readonly TextLine[], right: readonly TextLine[]): readonly TextLine[] {
  const length = (lines: readonly TextLine[]): number => lines.reduce((sum, line) => sum + lineText(line).length, 0);
  return length(right) > length(left) ? right : left;
}
