import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PDFParse } from "pdf-parse";
import type { TextItem } from "./text-line.ts";

/** What we use of the pdf.js document that pdf-parse opens; its own text output has lost sizes, fonts and places. */
interface OpenDocument {
  readonly numPages: number;
  getPage(number: number): Promise<OpenPage>;
  getMetadata(): Promise<{ readonly info: unknown }>;
  getAttachments(): Promise<Readonly<Record<string, EmbeddedFile>> | null>;
}
interface EmbeddedFile {
  readonly filename: string;
  readonly content: Uint8Array;
}
interface OpenPage {
  getViewport(settings: { readonly scale: number }): Viewport;
  getTextContent(): Promise<{ readonly items: readonly (PlacedText | object)[] }>;
  getOperatorList(): Promise<{ readonly fnArray: readonly number[]; readonly argsArray: readonly unknown[] }>;
  getAnnotations(): Promise<readonly Annotation[]>;
  cleanup(): void;
}
interface Annotation {
  readonly subtype?: string;
  readonly hidden?: boolean;
  readonly fieldName?: string;
  readonly alternativeText?: string;
  readonly fieldType?: string;
  readonly fieldValue?: unknown;
  readonly contentsObj?: { readonly str: string };
}
interface Viewport {
  readonly width: number;
  readonly height: number;
  convertToViewportPoint(x: number, y: number): readonly number[];
}
interface PlacedText {
  readonly str: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly fontName: string;
}

export interface PdfPage {
  readonly items: readonly TextItem[];
  /** What was filled into forms ("Name: value") and typed onto the page. */
  readonly entries: readonly string[];
  /** Points, 1/72 inch. */
  readonly width: number;
  readonly height: number;
}

const FEWEST_PATHS = 20;
// pdf.js operators: 83-90 paint images and masks, 91 draws paths.
const isImage = (operator: number): boolean => operator >= 83 && operator <= 90;
const isPath = (operator: number): boolean => operator === 91;

const pdfjsFolder = dirname(
  createRequire(createRequire(import.meta.url).resolve("pdf-parse")).resolve("pdfjs-dist/package.json"),
);

/** A PDF opened by pdf-parse. Nothing in it is run, and fonts and character maps come from the installed package. */
export class PdfDocument {
  readonly #parser: PDFParse;
  readonly #document: OpenDocument;

  private constructor(parser: PDFParse, document: OpenDocument) {
    this.#parser = parser;
    this.#document = document;
  }

  /** Throws pdf-parse's exceptions, by name: `PasswordException`, `InvalidPDFException`, …. */
  static async open(bytes: Uint8Array): Promise<PdfDocument> {
    const parser = new PDFParse({
      data: Uint8Array.from(bytes),
      isEvalSupported: false,
      useSystemFonts: false,
      maxImageSize: 64_000_000,
      cMapUrl: `${join(pdfjsFolder, "cmaps")}/`,
      cMapPacked: true,
      standardFontDataUrl: `${join(pdfjsFolder, "standard_fonts")}/`,
      wasmUrl: `${join(pdfjsFolder, "wasm")}/`,
      verbosity: 0,
    });
    // `load` is private in the types alone. pdf-parse is pinned, and the tests of this folder fail if it ever goes.
    return new PdfDocument(parser, await (parser as unknown as { load(): Promise<OpenDocument> }).load());
  }

  get pageCount(): number {
    return this.#document.numPages;
  }

  async title(): Promise<string | undefined> {
    const { info } = await this.#document.getMetadata();
    const title: unknown = typeof info === "object" && info !== null && "Title" in info ? info.Title : undefined;
    // Word processors write the file's name or "untitled" there.
    return typeof title === "string" && !/^(?:untitled|microsoft \w+ - )|\.\w{2,4}$|^$/iu.test(title.trim())
      ? title
      : undefined;
  }

  /** Files inside of the document, such as the XML of an e-invoice. */
  async attachments(): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
    const files = Object.values((await this.#document.getAttachments()) ?? {});
    return files.map(({ filename, content }) => ({ name: filename, bytes: content }));
  }

  async readPage(number: number): Promise<PdfPage> {
    const page = await this.#document.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    const annotations = await page.getAnnotations();
    page.cleanup();
    return {
      entries: annotations.map(entryOf).filter((entry) => entry !== ""),
      items: items.flatMap((item) => ("str" in item ? [placed(item, viewport)] : [])),
      width: viewport.width,
      height: viewport.height,
    };
  }

  /** Whether the page shows images, or so many lines that they may be letters. */
  async showsPictures(number: number): Promise<boolean> {
    const page = await this.#document.getPage(number);
    const { fnArray } = await page.getOperatorList();
    page.cleanup();
    return fnArray.some(isImage) || fnArray.filter(isPath).length >= FEWEST_PATHS;
  }

  /** The page as PNG. */
  async render(number: number, scale: number): Promise<Uint8Array> {
    const { pages } = await this.#parser.getScreenshot({
      partial: [number],
      scale,
      imageBuffer: true,
      imageDataUrl: false,
    });
    return pages[0]?.data ?? new Uint8Array();
  }

  async close(): Promise<void> {
    await this.#parser.destroy();
  }
}

function placed(item: PlacedText, viewport: Viewport): TextItem {
  const [, , skew = 0, rise = 0, left = 0, bottom = 0] = item.transform;
  const [x = 0, y = 0] = viewport.convertToViewportPoint(left, bottom);
  return { text: item.str, x, y, width: item.width, height: Math.hypot(skew, rise) || 1, font: item.fontName };
}

function entryOf({
  subtype,
  hidden,
  fieldName,
  alternativeText,
  fieldType,
  fieldValue,
  contentsObj,
}: Annotation): string {
  if (hidden === true) return "";
  if (subtype === "FreeText") return contentsObj?.str.trim() ?? "";
  const value = [fieldValue]
    .flat()
    .filter((item) => typeof item === "string")
    .join(", ")
    .trim();
  if (subtype !== "Widget" || value === "" || (fieldType === "Btn" && value === "Off")) return "";
  return `${alternativeText?.trim() || (fieldName ?? "Field")}: ${value}`;
}
