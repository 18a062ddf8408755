import { Parser as MarkupParser } from "htmlparser2";
import { GroundworkError } from "../../infra/errors.ts";
import { addTable } from "./add-table.ts";
import { normaliseText } from "./normalise-text.ts";
import type { BlockKind } from "./port.ts";
import type { TextBuilder } from "./text-builder.ts";

const SILENT = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "iframe",
  "object",
  "embed",
  "svg",
  "math",
  "head",
  "title",
  "select",
  "audio",
  "video",
  "canvas",
]);
const VOID = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);
const BREAKS = new Set(
  (
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html " +
    "dir legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul caption"
  ).split(" "),
);
/** Text that people do not see is not read: it is where instructions for models are hidden. */
const HIDDEN_STYLE = /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])/iu;

/** The markup parser needs time in the square of the depth, and no page that a person made comes near this. */
const DEEPEST = 20_000;

interface Piece {
  readonly kind: BlockKind;
  readonly text: string;
  readonly level: number;
}
interface Row {
  readonly cells: Piece[][];
  isHeading: boolean;
}
interface OpenTable {
  rows: Row[];
  /** Holds a table of data: it arranges the page and has no columns of its own. */
  arranges: boolean;
}

/**
 * Adds the visible text of HTML as blocks, in one pass without recursion. Nothing is fetched or run: scripts, styles, frames and images
 * are passed over. Returns the document's title.
 */
export function addHtml(builder: TextBuilder, html: string): string | undefined {
  const reader = new HtmlReader(builder);
  const parser = new MarkupParser(
    {
      onopentag: (name, attributes) => reader.open(name, attributes),
      onclosetag: (name) => reader.close(name),
      ontext: (text) => reader.text(text),
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  reader.finish();
  return reader.title;
}

class HtmlReader {
  title: string | undefined;
  readonly #builder: TextBuilder;
  readonly #tables: OpenTable[] = [];
  /** The next number; null for bullets, "own" for items whose text holds its mark. */
  readonly #lists: { next: number | null | "own" }[] = [];
  #buffer: string[] = [];
  #kind: BlockKind = "paragraph";
  #level = 1;
  #depth = 0;
  #silentDepth = 0;
  #titleDepth = 0;

  constructor(builder: TextBuilder) {
    this.#builder = builder;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST)
      throw new GroundworkError(
        "parser-limit",
        "The file nests its elements too deeply to be read. Save it again from a browser or a word processor.",
      );
    if (name === "title" && this.title === undefined) {
      this.#titleDepth = 1;
      this.title = "";
    }
    if (this.#silentDepth > 0 || isHidden(name, attributes)) {
      if (!VOID.has(name)) this.#silentDepth += 1;
      return;
    }
    if (name === "br") this.#buffer.push("\n");
    if (!BREAKS.has(name)) return;
    this.#flush();
    if (/^h[1-6]$/u.test(name)) this.#become("heading", Number(name[1]));
    else if (name === "pre") this.#become("code");
    else if (name === "dir") this.#lists.push({ next: "own" });
    else if (name === "ul" || name === "menu") this.#lists.push({ next: null });
    else if (name === "ol") this.#lists.push({ next: Number.parseInt(attributes["start"] ?? "1", 10) || 1 });
    else if (name === "li") this.#openItem();
    else if (name === "table") this.#tables.push({ rows: [], arranges: false });
    else if (name === "tr") this.#tables.at(-1)?.rows.push({ cells: [], isHeading: true });
    else if (name === "td" || name === "th") this.#openCell(name, attributes);
  }

  close(name: string): void {
    this.#depth -= 1;
    this.#titleDepth = 0;
    if (this.#silentDepth > 0) {
      if (!VOID.has(name)) this.#silentDepth -= 1;
      return;
    }
    if (!BREAKS.has(name)) return;
    this.#flush();
    if (name === "ol" || name === "ul" || name === "menu" || name === "dir") this.#lists.pop();
    if (name === "table") this.#closeTable();
  }

  text(text: string): void {
    if (this.#titleDepth > 0) this.title = (this.title ?? "") + text;
    if (this.#silentDepth === 0) this.#buffer.push(text);
  }

  finish(): void {
    this.#flush();
    while (this.#tables.length > 0) this.#closeTable();
  }

  #become(kind: BlockKind, level = 1): void {
    this.#kind = kind;
    this.#level = level;
  }

  #openItem(): void {
    this.#become("list-item");
    const list = this.#lists.at(-1);
    if (list?.next === "own") return;
    if (list === undefined || list.next === null) this.#buffer.push("- ");
    else this.#buffer.push(`${list.next++}. `);
  }

  #openCell(name: string, attributes: Readonly<Record<string, string>>): void {
    const row = this.#tables.at(-1)?.rows.at(-1);
    if (row === undefined) return;
    row.cells.push([]);
    if (name === "td") row.isHeading = false;
    const span = Math.min(20, Number.parseInt(attributes["colspan"] ?? "1", 10) || 1);
    for (let extra = 1; extra < span; extra += 1) row.cells.splice(-1, 0, []);
  }

  #closeTable(): void {
    const table = this.#tables.pop();
    if (table === undefined) return;
    if (!table.arranges && isGrid(table.rows)) {
      for (const outer of this.#tables) this.#arrange(outer);
      this.#writeGrid(table.rows);
      return;
    }
    const cell = this.#currentCell();
    for (const piece of piecesOf(table.rows)) {
      if (cell === undefined) this.#write(piece);
      else cell.push(piece);
    }
  }

  /** From here on the content of this table is written as it comes. */
  #arrange(table: OpenTable): void {
    table.arranges = true;
    for (const piece of piecesOf(table.rows)) this.#write(piece);
    table.rows = table.rows.slice(-1).map((row) => ({ ...row, cells: [] }));
  }

  #writeGrid(rows: readonly Row[]): void {
    const texts = rows.map((row) => row.cells.map((cell) => cell.map((piece) => piece.text).join(" ")));
    const header = rows[0]?.isHeading === true && rows.length > 1 ? (texts.shift() ?? null) : null;
    addTable(this.#builder, { header, rows: texts });
  }

  #currentCell(): Piece[] | undefined {
    const table = this.#tables.at(-1);
    return table?.arranges === true ? undefined : table?.rows.at(-1)?.cells.at(-1);
  }

  #flush(): void {
    const text = normaliseText(this.#buffer.join(""));
    const isBlank = text.trim() === "" || (this.#kind === "list-item" && /^(?:-|\d+\.)\s*$/u.test(text));
    if (isBlank && this.#kind === "list-item" && text !== "") return;
    this.#buffer = [];
    if (!isBlank) {
      const piece = { kind: this.#kind, text, level: this.#level };
      const cell = this.#currentCell();
      if (cell === undefined) this.#write(piece);
      else cell.push(piece);
    }
    this.#become("paragraph");
  }

  #write(piece: Piece): void {
    this.#builder.add(piece.kind, piece.text, { level: piece.level });
  }
}

function isHidden(name: string, attributes: Readonly<Record<string, string>>): boolean {
  return SILENT.has(name) || "hidden" in attributes || HIDDEN_STYLE.test(attributes["style"] ?? "");
}

/** Rows of data have several cells, each of few and short pieces; others arrange a page. */
function isGrid(rows: readonly Row[]): boolean {
  const cells = rows.flatMap((row) => row.cells);
  const isShort = cells.every(
    (cell) => cell.length <= 4 && cell.every(({ kind, text }) => kind !== "heading" && text.length <= 1000),
  );
  return isShort && rows.some((row) => row.cells.filter((cell) => cell.length > 0).length > 1);
}

const piecesOf = (rows: readonly Row[]): Piece[] => rows.flatMap((row) => row.cells.flat());
