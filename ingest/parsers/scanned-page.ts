import { PdfObjects } from "./pdf-objects.ts";
import { type PdfDictionary, PdfKeyword, PdfName, PdfReference, PdfSyntax, type PdfValue } from "./pdf-syntax.ts";
import { pictureFile } from "./picture-file.ts";
import type { PlacedImage } from "./recognise-lines.ts";

type Matrix = readonly [number, number, number, number, number, number];
interface State {
  readonly matrix: Matrix;
  /** Left, bottom, right and top of what is not clipped away. */
  readonly visible: Box;
  /** 3 shows nothing; from 4 on it clips as well. */
  readonly textMode: number;
  /** Letters that are drawings of their own, of which the file need not tell what they mean. */
  readonly hasDrawnLetters: boolean;
}
type Box = readonly [number, number, number, number];
interface Painted {
  readonly picture: PdfReference;
  readonly state: State;
  readonly hasText: boolean;
}

/** Dots per inch within which a scan is recognised as it is: less is better enlarged, and more takes time for nothing. */
const FEWEST_DOTS = 150;
const MOST_DOTS = 450;
const MOST_PIXELS = 20_000_000;
/** Points by which a picture may stand over the page's edge, and two measures differ. */
const TOLERANCE = 3;
const MOST_STATES = 50;
const DEEPEST_TREE = 30;
const EVERYTHING: Box = [-1e9, -1e9, 1e9, 1e9];
/** Operators that paint nothing by themselves. */
const HARMLESS =
  /^(?:w|J|j|M|d|ri|i|g|G|rg|RG|k|K|cs|CS|sc|SC|scn|SCN|BT|ET|Td|TD|Tm|T\*|Tc|Tw|Tz|TL|Ts|BMC|EMC|MP|DP|BX|EX)$/u;
const HARMLESS_STATE = new Set([
  "Type",
  "SA",
  "OP",
  "op",
  "OPM",
  "SM",
  "RI",
  "AIS",
  "TK",
  "LW",
  "LC",
  "LJ",
  "ML",
  "D",
  "FL",
]);

/**
 * The pages of a PDF that show one upright picture and nothing else but text, such as a stamp, as scanners write them, taken from the file
 * without painting them. Whatever is not so, or not understood, is null, and is painted: lines beside the picture, turned and skewed pages,
 * masks, cropping, comments.
 */
export class ScannedPages {
  readonly #objects: PdfObjects;
  readonly #pages: readonly PdfDictionary[];

  private constructor(objects: PdfObjects, pages: readonly PdfDictionary[]) {
    this.#objects = objects;
    this.#pages = pages;
  }

  /** Null when the file is not understood, or has other than `pageCount` pages. */
  static read(bytes: Uint8Array, pageCount: number): ScannedPages | null {
    const objects = PdfObjects.read(bytes);
    const [catalogue, second] = objects?.ofType("Catalog") ?? [];
    if (objects === null || catalogue === undefined || second !== undefined) return null;
    const pages = pagesBelow(objects, catalogue.get("Pages"), new Map());
    return pages?.length === pageCount ? new ScannedPages(objects, pages) : null;
  }

  /** The picture of a page by its number from 1; `size` is what pdf.js says of the page, in points. */
  page(number: number, size: { readonly width: number; readonly height: number }): PlacedImage | null {
    const page = this.#pages[number - 1];
    if (
      page === undefined ||
      (this.#objects.value(page.get("UserUnit")) ?? 1) !== 1 ||
      (this.#objects.value(page.get("Rotate")) ?? 0) !== 0
    )
      return null;
    const box = pageBox(this.#objects, page);
    if (box === null || Math.abs(box[2] - box[0] - size.width) > 1 || Math.abs(box[3] - box[1] - size.height) > 1)
      return null;
    if (hasComments(this.#objects, page)) return null;
    const painted = paintedPicture(this.#objects, page);
    return painted === null ? null : takePicture(this.#objects, painted, box);
  }

  /** Whether the page's own content paints a picture, as far as that can be told without decoding any; false tells nothing. */
  paintsPicture(number: number): boolean {
    const page = this.#pages[number - 1];
    const content = page === undefined ? null : contentOf(this.#objects, page);
    const drawings = this.#objects.dictionary(this.#objects.dictionary(page?.get("Resources"))?.get("XObject"));
    if (content === null || drawings === null) return false;
    const syntax = new PdfSyntax(content);
    let last: PdfValue | undefined;
    for (let value = syntax.next(); value !== undefined; value = syntax.next()) {
      if (value instanceof PdfKeyword && value.word === "Do" && last instanceof PdfName) {
        const { dictionary } = this.#objects.stream(drawings.get(last.name)) ?? {};
        if (this.#objects.name(dictionary?.get("Subtype")) === "Image") return true;
      }
      last = value;
    }
    return false;
  }
}

const INHERITED = new Set(["Resources", "MediaBox", "CropBox", "Rotate"]);

/** Null when the tree is not one. */
function pagesBelow(
  objects: PdfObjects,
  node: PdfValue | undefined,
  inherited: PdfDictionary,
  depth = 0,
): readonly PdfDictionary[] | null {
  const own = objects.dictionary(node);
  if (own === null || depth > DEEPEST_TREE) return null;
  const kept = [...own].filter(([key]) => INHERITED.has(key));
  const known = new Map([...inherited, ...kept]);
  if (!own.has("Kids")) return [new Map([...known, ...own])];
  const pages: PdfDictionary[] = [];
  for (const kid of objects.array(own.get("Kids"))) {
    const below = pagesBelow(objects, kid, known, depth + 1);
    if (below === null || pages.length > 10_000) return null;
    pages.push(...below);
  }
  return pages;
}

/** What is shown of the page: the part of its crop box within its media box. */
function pageBox(objects: PdfObjects, page: PdfDictionary): Box | null {
  const media = boxOf(objects.numbers(page.get("MediaBox")));
  const crop = page.has("CropBox") ? boxOf(objects.numbers(page.get("CropBox"))) : media;
  return media === null || crop === null ? null : overlap(media, crop);
}

function boxOf([x1, y1, x2, y2]: readonly number[]): Box | null {
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return null;
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}

function overlap(left: Box, right: Box): Box {
  return [
    Math.max(left[0], right[0]),
    Math.max(left[1], right[1]),
    Math.min(left[2], right[2]),
    Math.min(left[3], right[3]),
  ];
}

/** Links show nothing; all other annotations may. */
function hasComments(objects: PdfObjects, page: PdfDictionary): boolean {
  return objects.array(page.get("Annots")).some((item) => {
    const annotation = objects.dictionary(item);
    return annotation === null || objects.name(annotation.get("Subtype")) !== "Link" || annotation.has("AP");
  });
}

/** The picture that the page's content paints when it paints no more than one and nothing else. */
function paintedPicture(objects: PdfObjects, page: PdfDictionary): Painted | null {
  const content = contentOf(objects, page);
  const resources = objects.dictionary(page.get("Resources"));
  return content === null || resources === null ? null : new Painter(objects, resources).run(content);
}

function contentOf(objects: PdfObjects, page: PdfDictionary): string | null {
  const contents = page.get("Contents");
  const streams = objects.stream(contents) === null ? objects.array(contents) : [contents];
  const pieces = streams.map((stream) => objects.content(stream));
  return pieces.includes(null) ? null : pieces.join("\n");
}

class Painter {
  readonly #objects: PdfObjects;
  readonly #resources: PdfDictionary;
  readonly #saved: State[] = [];
  #state: State = { matrix: [1, 0, 0, 1, 0, 0], visible: EVERYTHING, textMode: 0, hasDrawnLetters: false };
  readonly #texts = { shown: false, hidden: false };
  /** Rectangles of the path under way, of which no more than one makes a clip that we follow. */
  #path: Box[] = [];
  #isClip = false;
  #painted: Omit<Painted, "hasText"> | null = null;

  constructor(objects: PdfObjects, resources: PdfDictionary) {
    this.#objects = objects;
    this.#resources = resources;
  }

  /** Null when it paints anything else than one image and text; or text that is shown beside text that is not, for nobody can tell them apart. */
  run(content: string): Painted | null {
    const syntax = new PdfSyntax(content);
    let operands: PdfValue[] = [];
    for (let value = syntax.next(); value !== undefined; value = syntax.next()) {
      if (!(value instanceof PdfKeyword)) operands.push(value);
      else if (this.#runs(value.word, operands)) operands = [];
      else return null;
    }
    const { shown, hidden } = this.#texts;
    if (this.#painted === null || (shown && hidden)) return null;
    return /^[\0\t\n\f\r ]*$/u.test(content.slice(syntax.position)) ? { ...this.#painted, hasText: shown } : null;
  }

  /** Whether the operator is one that we follow. */
  #runs(operator: string, operands: readonly PdfValue[]): boolean {
    const numbers = operands.filter((operand) => typeof operand === "number");
    switch (operator) {
      case "q":
        return this.#saved.push(this.#state) < MOST_STATES;
      case "Q":
        this.#state = this.#saved.pop() ?? this.#state;
        return true;
      case "cm":
        return this.#transform(numbers);
      case "re":
        return this.#rectangle(numbers);
      case "W":
      case "W*":
        this.#isClip = true;
        return true;
      case "n":
        return this.#endPath();
      case "gs":
        return this.#takesState(operands[0]);
      case "Tr":
        this.#state = { ...this.#state, textMode: numbers[0] ?? 0 };
        return true;
      case "Tf":
        this.#state = { ...this.#state, hasDrawnLetters: this.#hasDrawnLetters(operands[0]) };
        return true;
      case "Tj":
      case "TJ":
      case "'":
      case '"':
        return this.#showText();
      case "BDC":
        return !(operands[0] instanceof PdfName && operands[0].name === "OC");
      case "Do":
        return this.#paint(operands[0]);
      default:
        return HARMLESS.test(operator);
    }
  }

  #showText(): boolean {
    const { textMode, hasDrawnLetters } = this.#state;
    this.#texts[textMode === 3 ? "hidden" : "shown"] = true;
    // What is set before the picture lies under it, in whole or in part.
    return textMode === 3 || (textMode < 3 && !hasDrawnLetters && this.#painted !== null);
  }

  #hasDrawnLetters(name: PdfValue | undefined): boolean {
    const fonts = this.#objects.dictionary(this.#resources.get("Font"));
    const font = name instanceof PdfName ? this.#objects.dictionary(fonts?.get(name.name)) : null;
    return font === null || this.#objects.name(font.get("Subtype")) === "Type3";
  }

  #transform([a, b, c, d, e, f]: readonly number[]): boolean {
    if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined)
      return false;
    this.#state = { ...this.#state, matrix: multiply([a, b, c, d, e, f], this.#state.matrix) };
    return true;
  }

  #rectangle([x, y, width, height]: readonly number[]): boolean {
    const [a, b, c, d, e, f] = this.#state.matrix;
    if (x === undefined || y === undefined || width === undefined || height === undefined || b !== 0 || c !== 0)
      return false;
    const box = boxOf([a * x + e, d * y + f, a * (x + width) + e, d * (y + height) + f]);
    if (box !== null) this.#path.push(box);
    return box !== null;
  }

  #endPath(): boolean {
    const [clip, second] = this.#path;
    const { visible } = this.#state;
    if (this.#isClip && (clip === undefined || second !== undefined)) return false;
    if (this.#isClip && clip !== undefined) this.#state = { ...this.#state, visible: overlap(visible, clip) };
    this.#path = [];
    this.#isClip = false;
    return true;
  }

  /** Opaque painting, in the normal way. */
  #takesState(name: PdfValue | undefined): boolean {
    const states = this.#objects.dictionary(this.#resources.get("ExtGState"));
    const state = name instanceof PdfName ? this.#objects.dictionary(states?.get(name.name)) : null;
    if (state === null) return false;
    return [...state].every(([key, value]) => {
      if (key === "ca" || key === "CA") return value === 1;
      if (key === "BM") return this.#objects.name(value) === "Normal";
      if (key === "SMask") return this.#objects.name(value) === "None";
      return HARMLESS_STATE.has(key);
    });
  }

  #paint(name: PdfValue | undefined): boolean {
    const drawings = this.#objects.dictionary(this.#resources.get("XObject"));
    const picture = name instanceof PdfName ? drawings?.get(name.name) : undefined;
    if (!(picture instanceof PdfReference) || this.#painted !== null) return false;
    const { dictionary } = this.#objects.stream(picture) ?? {};
    if (this.#objects.name(dictionary?.get("Subtype")) !== "Image" || dictionary?.has("OC") === true) return false;
    this.#painted = { picture, state: this.#state };
    return true;
  }
}

function multiply(left: Matrix, right: Matrix): Matrix {
  const [a, b, c, d, e, f] = left;
  const [g, h, i, j, k, l] = right;
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}

function takePicture(objects: PdfObjects, { picture, state, hasText }: Painted, page: Box): PlacedImage | null {
  const [width, skew, slant, height, x, y] = state.matrix;
  const stream = objects.stream(picture);
  if (stream === null || width <= 0 || height <= 0) return null;
  if (Math.abs(skew) > 0.002 * width || Math.abs(slant) > 0.002 * height) return null;
  const shown = overlap(page, state.visible);
  const isWhole =
    x > shown[0] - TOLERANCE &&
    y > shown[1] - TOLERANCE &&
    x + width < shown[2] + TOLERANCE &&
    y + height < shown[3] + TOLERANCE;
  const across = Number(objects.value(stream.dictionary.get("Width")));
  const down = Number(objects.value(stream.dictionary.get("Height")));
  const scale = across / width;
  const isUsual = scale >= FEWEST_DOTS / 72 && scale <= MOST_DOTS / 72 && across * down <= MOST_PIXELS;
  if (!isWhole || !isUsual || Math.abs(down / height / scale - 1) > 0.05) return null;
  const image = pictureFile(objects, stream);
  if (image === null) return null;
  return { image, isOriginal: true, hasText, scale, left: x - page[0], top: page[3] - (y + height) };
}
