import { singleLine } from "./normalise-text.ts";

/** A piece of text and where it stands on its page; lengths in any unit that is the same for a page, y downwards. */
export interface TextItem {
  readonly text: string;
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly font: string;
}

export interface Cell {
  readonly text: string;
  readonly x: number;
  readonly right: number;
}

/** Text on one baseline, cut into cells where the gap is wider than any space between words. */
export interface TextLine {
  readonly cells: readonly Cell[];
  readonly x: number;
  readonly right: number;
  readonly y: number;
  readonly height: number;
  /** The font of most of it. */
  readonly font: string;
}

/** In heights of the line. */
const CELL_GAP = 1;
const WORD_GAP = 0.15;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/u;

/** Joins items, in reading order, into lines. Neighbours on one baseline are put in order from left to right. */
export function joinLines(items: readonly TextItem[]): TextLine[] {
  const lines: TextLine[] = [];
  let row: TextItem[] = [];
  for (const item of items) {
    if (item.text.trim() === "") continue;
    const previous = row.at(-1);
    if (previous !== undefined && Math.abs(previous.y - item.y) > 0.4 * Math.max(previous.height, item.height)) {
      lines.push(joinRow(row));
      row = [];
    }
    row.push(item);
  }
  if (row.length > 0) lines.push(joinRow(row));
  return lines.filter(({ cells }) => cells.length > 0);
}

/** One line of items that are known to be one. */
export function joinRow(items: readonly TextItem[]): TextLine {
  const ordered = items.some(({ text }) => RIGHT_TO_LEFT.test(text))
    ? items
    : items.toSorted((left, right) => left.x - right.x);
  const height = Math.max(...ordered.slice(0, 200).map((item) => item.height));
  const cells: { text: string; x: number; right: number }[] = [];
  for (const item of ordered) {
    const cell = cells.at(-1);
    const gap = cell === undefined ? Number.POSITIVE_INFINITY : item.x - cell.right;
    if (cell === undefined || gap > CELL_GAP * height) {
      cells.push({ text: item.text, x: item.x, right: item.x + item.width });
      continue;
    }
    cell.text += Math.abs(gap) > WORD_GAP * height ? ` ${item.text}` : item.text;
    cell.right = Math.max(cell.right, item.x + item.width);
  }
  const clean = cells.map((cell) => ({ ...cell, text: tidy(cell.text) })).filter(({ text }) => text !== "");
  return {
    cells: joinMark(clean),
    x: clean[0]?.x ?? 0,
    right: clean.at(-1)?.right ?? 0,
    y: ordered[0]?.y ?? 0,
    height,
    font: dominantFont(ordered),
  };
}

/** A clause number or bullet stands far from its text and still belongs to it. */
function joinMark(cells: readonly Cell[]): readonly Cell[] {
  const [mark, text] = cells;
  if (cells.length !== 2 || mark === undefined || text === undefined) return cells;
  if (!/^(?:[•◦▪‣●○■–—*-]|§?\s?\d{1,3}(?:\.\d{1,3}){0,4}[.)]?|\(?[a-z]{1,4}[.)])$/u.test(mark.text)) return cells;
  return [{ text: `${mark.text} ${text.text}`, x: mark.x, right: text.right }];
}

/** The dots that lead the eye through a table of contents say nothing. */
function tidy(text: string): string {
  const line = singleLine(text);
  if (!line.includes("..") && !line.includes(". .") && !line.includes("_")) return line;
  return line.replace(/(?:\.\s?){5,}|(?:_\s?){5,}/gu, " … ").trim();
}

function dominantFont(items: readonly TextItem[]): string {
  if (items.length === 1 && items[0] !== undefined) return items[0].font;
  const weights = new Map<string, number>();
  for (const { font, text } of items) weights.set(font, (weights.get(font) ?? 0) + text.length);
  return [...weights].toSorted((left, right) => right[1] - left[1])[0]?.[0] ?? "";
}

export function lineText(line: TextLine): string {
  return line.cells.length === 1 && line.cells[0] !== undefined
    ? line.cells[0].text
    : line.cells.map(({ text }) => text).join(" ");
}
