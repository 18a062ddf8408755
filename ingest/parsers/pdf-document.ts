import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PDFParse } from "pdf-parse";
import { greyImage } from "./grey-image.ts";
import type { PlacedImage } from "./recognise-lines.ts";
import { ScannedPages } from "./scanned-page.ts";
import type { TextItem } from "./text-line.ts";

/** What we use of the pdf.js document that pdf-parse opens; its own text output has lost sizes, fonts and places. */
interface OpenDocument {
  readonly numPages: number;
  readonly canvasFactory: { create(width: number, height: number): PageCanvas; destroy(canvas: PageCanvas): void };
  getPage(number: number): Promise<OpenPage>;
  getMetadata(): Promise<{ readonly info: unknown }>;
  getAttachments(): Promise<Readonly<Record<string, EmbeddedFile>> | null>;
  getAnnotationsByType(types: ReadonlySet<number>): Promise<readonly { readonly pageIndex: number }[] | null>;
}
interface PageCanvas {
  /** `data`: red, green, blue and opacity of each pixel. */
  readonly canvas: { readonly width: number; readonly height: number; data(): Uint8Array };
  readonly context: object;
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
  render(settings: { readonly canvasContext: object; readonly canvas: object; readonly viewport: Viewport }): {
    readonly promise: Promise<void>;
  };
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
/** pdf.js's numbers for annotations of the kinds FreeText and Widget. */
const ENTRIES: ReadonlySet<number> = new Set([3, 20]);

const pdfjsFolder = dirname(
  createRequire(createRequire(import.meta.url).resolve("pdf-parse")).resolve("pdfjs-dist/package.json"),
);
const FOR_TEXT = {
  isEvalSupported: false,
  useSystemFonts: false,
  maxImageSize: 64_000_000,
  cMapUrl: `${join(pdfjsFolder, "cmaps")}/`,
  cMapPacked: true,
  verbosity: 0,
};
/** The shapes of fonts that are not embedded, and decoders of images: text needs neither, and fonts alone are a sixth of the time. */
const FOR_PICTURES = {
  ...FOR_TEXT,
  standardFontDataUrl: `${join(pdfjsFolder, "standard_fonts")}/`,
  wasmUrl: `${join(pdfjsFolder, "wasm")}/`,
};

interface Opened {
  readonly parser: PDFParse;
  readonly document: OpenDocument;
}

/** A PDF opened by pdf-parse. Nothing in it is run, and fonts and character maps come from the installed package. */
export class PdfDocument {
  readonly #bytes: Uint8Array;
  readonly #text: Opened;
  #pictures: Promise<Opened> | null = null;
  /** Undefined until the first page that may be a scan. */
  #scans: ScannedPages | null | undefined;
  #lastScan: { readonly number: number; readonly image: PlacedImage | null } | null = null;
  #pagesWithEntries: Promise<ReadonlySet<number> | null> | null = null;

  private constructor(bytes: Uint8Array, text: Opened) {
    this.#bytes = bytes;
    this.#text = text;
  }

  /** Throws pdf-parse's exceptions, by name: `PasswordException`, `InvalidPDFException`, …. */
  static async open(bytes: Uint8Array): Promise<PdfDocument> {
    return new PdfDocument(bytes, await openWith(bytes, FOR_TEXT));
  }

  get pageCount(): number {
    return this.#text.document.numPages;
  }

  async title(): Promise<string | undefined> {
    const { info } = await this.#text.document.getMetadata();
    const title: unknown = typeof info === "object" && info !== null && "Title" in info ? info.Title : undefined;
    // Word processors write the file's name or "untitled" there.
    return typeof title === "string" && !/^(?:untitled|microsoft \w+ - )|\.\w{2,4}$|^$/iu.test(title.trim())
      ? title
      : undefined;
  }

  /** Files inside of the document, such as the XML of an e-invoice. */
  async attachments(): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
    const files = Object.values((await this.#text.document.getAttachments()) ?? {});
    return files.map(({ filename, content }) => ({ name: filename, bytes: content }));
  }

  async readPage(number: number): Promise<PdfPage> {
    const page = await this.#text.document.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    const annotations = (await this.#mayHaveEntries(number)) ? await page.getAnnotations() : [];
    page.cleanup();
    return {
      entries: annotations.map(entryOf).filter((entry) => entry !== ""),
      items: items.flatMap((item) => ("str" in item ? [placed(item, viewport)] : [])),
      width: viewport.width,
      height: viewport.height,
    };
  }

  /** Whether the page shows images, or so many lines that they may be letters. */
  async showsPictures(number: number, size: Pick<PdfPage, "width" | "height">): Promise<boolean> {
    // Asking pdf.js has it decode every image of the page.
    if (this.scan(number, size) !== null || this.#scans?.paintsPicture(number) === true) return true;
    const page = await this.#text.document.getPage(number);
    const { fnArray } = await page.getOperatorList();
    page.cleanup();
    return fnArray.some(isImage) || fnArray.filter(isPath).length >= FEWEST_PATHS;
  }

  /** The picture that a scanned page consists of, as the file holds it; null when the page must be painted. */
  scan(number: number, size: Pick<PdfPage, "width" | "height">): PlacedImage | null {
    if (this.#lastScan?.number === number) return this.#lastScan.image;
    let image: PlacedImage | null = null;
    try {
      if (this.#scans === undefined) this.#scans = ScannedPages.read(this.#bytes, this.pageCount);
      image = this.#scans?.page(number, size) ?? null;
    } catch {
      this.#scans = null;
    }
    this.#lastScan = { number, image };
    return image;
  }

  /** The page painted in shades of grey, with so many pixels to the point. */
  async paint(number: number, scale: number): Promise<PlacedImage> {
    const { document } = await (this.#pictures ??= openWith(this.#bytes, FOR_PICTURES));
    const page = await document.getPage(number);
    const viewport = page.getViewport({ scale });
    const drawing = document.canvasFactory.create(Math.ceil(viewport.width), Math.ceil(viewport.height));
    try {
      await page.render({ canvasContext: drawing.context, canvas: drawing.canvas, viewport }).promise;
      const { width, height } = drawing.canvas;
      const image = greyImage({ width, height, channels: 4, data: drawing.canvas.data() });
      return { image, scale, left: 0, top: 0 };
    } finally {
      document.canvasFactory.destroy(drawing);
      page.cleanup();
    }
  }

  async close(): Promise<void> {
    const pictures = await this.#pictures?.catch(() => undefined);
    await Promise.all([this.#text.parser.destroy(), pictures?.parser.destroy()]);
  }

  /** One question for all pages takes less than one for each. A document of which it fails is asked page by page. */
  async #mayHaveEntries(number: number): Promise<boolean> {
    this.#pagesWithEntries ??= this.#text.document.getAnnotationsByType(ENTRIES).then(
      (found) => new Set(found?.map(({ pageIndex }) => pageIndex + 1)),
      () => null,
    );
    return (await this.#pagesWithEntries)?.has(number) ?? true;
  }
}

async function openWith(bytes: Uint8Array, settings: typeof FOR_TEXT): Promise<Opened> {
  const parser = new PDFParse({ ...settings, data: Uint8Array.from(bytes) });
  // `load` is private in the types alone. pdf-parse is pinned, and the tests of this folder fail if it ever goes.
  return { parser, document: await (parser as unknown as { load(): Promise<OpenDocument> }).load() };
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
