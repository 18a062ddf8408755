import { GroundworkError } from "../../infra/errors.ts";
import { addTable } from "./add-table.ts";
import { OdfNumbering } from "./odf-numbering.ts";
import { type Archive, openArchive } from "./open-archive.ts";
import type { Parser } from "./port.ts";
import { type SheetRow, splitTables } from "./split-tables.ts";
import { TextBuilder } from "./text-builder.ts";
import { childrenOf, findAll, findPath, textOf, type XmlElement } from "./xml-tree.ts";

const MOST_ROWS = 50_000;
const MOST_COLUMNS = 256;
/** Elements that hold others and say nothing themselves. */
const TRANSPARENT = new Set(["text:section", "text:index-body", "draw:g", "office:forms", "text:index-title"]);
const INDEXES =
  /^text:(?:table-of-content|illustration-index|table-index|alphabetical-index|bibliography|user-index)$/u;

/**
 * OpenDocument text, spreadsheets and presentations (ISO/IEC 26300): headings and lists with their automatic numbers, tables, footnotes,
 * slides as pages with their notes. Deleted text, comments and pictures are left out. Errors: `encrypted-file` and those of parsers.
 */
export const odfParser: Parser = {
  parse: async (bytes) => {
    const archive = await openArchive(bytes);
    await assertOpen(archive);
    const content = await archive.read("content.xml");
    const body = findPath(content ?? undefined, "office:body");
    const styles = [content, await archive.read("styles.xml")].filter((part) => part !== null);
    const reader = new OdfReader(new OdfNumbering(styles), titleStyles(styles));
    for (const child of body === undefined ? [] : childrenOf(body)) reader.readBody(child);
    return reader.builder.build({
      title: textOf(findPath((await archive.read("meta.xml")) ?? undefined, "office:meta", "dc:title")),
      pages: reader.slides === 0 ? null : reader.slides,
    });
  },
};

async function assertOpen(archive: Archive): Promise<void> {
  const manifest = await archive.read("META-INF/manifest.xml").catch(() => null);
  if (manifest === null || findAll(manifest, "manifest:encryption-data").length === 0) return;
  throw new GroundworkError(
    "encrypted-file",
    "The document is protected with a password. Save a copy without one and upload that.",
  );
}

/** The style of titles and those that are made from it by hand. */
function titleStyles(styles: readonly XmlElement[]): ReadonlySet<string> {
  const made = styles
    .flatMap((root) => findAll(root, "style:style"))
    .filter(({ attributes }) => attributes["style:parent-style-name"] === "Title");
  return new Set(["Title", ...made.map(({ attributes }) => attributes["style:name"] ?? "")]);
}

class OdfReader {
  readonly builder = new TextBuilder();
  slides = 0;
  readonly #numbering: OdfNumbering;
  readonly #titles: ReadonlySet<string>;
  #rows = 0;

  constructor(numbering: OdfNumbering, titles: ReadonlySet<string>) {
    this.#numbering = numbering;
    this.#titles = titles;
  }

  readBody(body: XmlElement): void {
    if (body.name === "office:spreadsheet") {
      for (const table of findAll(body, "table:table")) this.#readSheet(table);
    } else if (body.name === "office:presentation") {
      for (const page of childrenOf(body).filter(({ name }) => name === "draw:page")) this.#readSlide(page);
    } else this.#readBlocks(body, null);
  }

  #readBlocks(parent: XmlElement, page: number | null): void {
    for (const element of childrenOf(parent)) this.#readBlock(element, page);
  }

  #readBlock(element: XmlElement, page: number | null): void {
    const { name } = element;
    if (name === "text:h") this.#readHeading(element, page);
    else if (name === "text:p") this.#readParagraph(element, page);
    else if (name === "text:list") this.#readList(element, { level: 1, style: null, page });
    else if (name === "table:table") addTable(this.builder, { ...tableOf(element), page });
    else if (INDEXES.test(name) || TRANSPARENT.has(name)) this.#readBlocks(element, page);
    else if (name === "draw:frame" || name === "draw:custom-shape") this.#readFrame(element, page);
  }

  #readHeading(element: XmlElement, page: number | null): void {
    const level = Number(element.attributes["text:outline-level"] ?? 1) || 1;
    const text = inlineText(element);
    const isNumbered = text.trim() !== "" && element.attributes["text:is-list-header"] !== "true";
    const mark = isNumbered ? this.#numbering.nextHeading(level) : "";
    this.builder.add("heading", `${mark} ${text}`, { level, page });
  }

  #readParagraph(element: XmlElement, page: number | null): void {
    if (this.#titles.has(element.attributes["text:style-name"] ?? ""))
      this.builder.add("heading", inlineText(element), { level: 1, page });
    else this.builder.addLines("paragraph", inlineText(element), { page });
    for (const frame of framesOf(element)) this.#readFrame(frame, page);
  }

  #readFrame(frame: XmlElement, page: number | null): void {
    if (frame.name !== "draw:frame") return this.#readBlocks(frame, page);
    for (const child of childrenOf(frame)) {
      if (child.name === "draw:text-box") this.#readBlocks(child, page);
      else if (child.name === "table:table") this.#readBlock(child, page);
    }
  }

  #readList(list: XmlElement, place: ListPlace): void {
    const style = list.attributes["text:style-name"] ?? place.style;
    if (place.level === 1) this.#numbering.startList(style, list.attributes["text:continue-numbering"] === "true");
    for (const item of childrenOf(list)) {
      let mark = item.name === "text:list-item" ? this.#markOf(item, style, place.level) : "";
      for (const child of childrenOf(item)) {
        if (child.name === "text:list") this.#readList(child, { ...place, style, level: place.level + 1 });
        else if (child.name === "text:p" && mark !== "") {
          const text = inlineText(child);
          if (text.trim() !== "") this.builder.addLines("list-item", `${mark} ${text}`, { page: place.page });
          mark = "";
        } else this.#readBlock(child, place.page);
      }
    }
  }

  /** An item that only holds an inner list moves no counter. */
  #markOf(item: XmlElement, style: string | null, level: number): string {
    const holdsText = childrenOf(item).some(({ name }) => name === "text:p");
    return holdsText ? this.#numbering.nextItem(style, level) : "";
  }

  #readSheet(table: XmlElement): void {
    const rows = sheetRows(table);
    this.#rows += rows.length;
    if (this.#rows > MOST_ROWS) {
      throw new GroundworkError(
        "parser-limit",
        "The workbook has more than 50,000 rows. Export the part that matters and upload that.",
      );
    }
    const tables = splitTables(rows);
    if (tables.length > 0) this.builder.add("heading", table.attributes["table:name"] ?? "Sheet", { level: 1 });
    for (const cells of tables) addTable(this.builder, { header: null, rows: cells });
  }

  #readSlide(slide: XmlElement): void {
    this.slides += 1;
    const frames = childrenOf(slide);
    const title = frames.find(({ attributes }) => attributes["presentation:class"] === "title");
    if (title !== undefined) {
      const text = findAll(title, "text:p").map(inlineText).join(" ");
      this.builder.add("heading", text, { level: 1, page: this.slides });
    }
    for (const frame of frames) {
      if (frame === title) continue;
      if (frame.name === "presentation:notes") this.#readBlocks(frame, this.slides);
      else this.#readBlock(frame, this.slides);
    }
  }
}

interface ListPlace {
  readonly level: number;
  readonly style: string | null;
  readonly page: number | null;
}

function tableOf(table: XmlElement): { readonly header: readonly string[] | null; readonly rows: string[][] } {
  const header = findPath(table, "table:table-header-rows", "table:table-row");
  const rows = rowElements(table).map((row) => cellsOf(row));
  return header !== undefined && rows.length > 1
    ? { header: rows[0] ?? null, rows: rows.slice(1) }
    : { header: null, rows };
}

function sheetRows(table: XmlElement): readonly SheetRow[] {
  const rows: SheetRow[] = [];
  let number = 0;
  for (const row of rowElements(table)) {
    const repeated = Number(row.attributes["table:number-rows-repeated"] ?? 1) || 1;
    const cells = cellsOf(row);
    // Empty rows are repeated a million times to fill the sheet.
    const shown = cells.every((cell) => cell === "") ? 0 : Math.min(repeated, MOST_ROWS + 1 - rows.length);
    for (let copy = 1; copy <= shown; copy += 1) rows.push({ number: number + copy, cells });
    number += repeated;
  }
  return rows;
}

/** Rows of the table itself, also those in groups and headers, but not those of tables in its cells. */
function rowElements(table: XmlElement): readonly XmlElement[] {
  return childrenOf(table).flatMap((child) => {
    if (child.name === "table:table-row") return [child];
    return /^table:table-(?:header-rows|rows|row-group)$/u.test(child.name) ? rowElements(child) : [];
  });
}

function cellsOf(row: XmlElement): string[] {
  const cells: string[] = [];
  for (const cell of childrenOf(row)) {
    if (cell.name !== "table:table-cell" && cell.name !== "table:covered-table-cell") continue;
    const repeated = Number(cell.attributes["table:number-columns-repeated"] ?? 1) || 1;
    const text = [...findAll(cell, "text:p"), ...findAll(cell, "text:h")].map(inlineText).join(" ").trim();
    for (let copy = 0; copy < repeated && cells.length < MOST_COLUMNS; copy += 1) cells.push(text);
  }
  while (cells.at(-1) === "") cells.pop();
  return cells;
}

/** Text boxes that are anchored in a paragraph. */
function framesOf(element: XmlElement): readonly XmlElement[] {
  return childrenOf(element).flatMap((child) => {
    if (child.name === "draw:frame" || child.name === "draw:custom-shape") return [child];
    return child.name === "text:note" || child.name === "office:annotation" ? [] : framesOf(child);
  });
}

/** The text of a paragraph; white space that is written out counts, footnotes follow in brackets. */
function inlineText(element: XmlElement): string {
  return element.content
    .map((child) => {
      if (typeof child === "string") return child.replaceAll(/\s+/gu, " ");
      if (child.name === "text:s") return " ".repeat(Math.min(100, Number(child.attributes["text:c"] ?? 1) || 1));
      if (child.name === "text:tab") return "\t";
      if (child.name === "text:line-break") return "\n";
      if (child.name === "text:note") return ` [${findAll(child, "text:p").map(inlineText).join(" ")}]`;
      const isSilent = /^(?:office:annotation|draw:|text:ruby-text|text:bookmark|presentation:)/u.test(child.name);
      return isSilent ? "" : inlineText(child);
    })
    .join("");
}
