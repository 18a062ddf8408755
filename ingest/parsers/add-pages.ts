import { startsClause } from "../clause-number.ts";
import { addGrid } from "./add-grid.ts";
import { headingLevel, startsListItem } from "./heading-shape.ts";
import { measurePages, type PageMeasures } from "./page-measures.ts";
import { withoutRunningLines } from "./running-lines.ts";
import type { TextBuilder } from "./text-builder.ts";
import { lineText, type TextLine } from "./text-line.ts";
import { joinWrappedCells, wrappedCell } from "./wrapped-cells.ts";
import { unfoldColumns } from "./unfold-columns.ts";

/** The lines of a page, top to bottom as far as the file tells. */
export interface PageLines {
  readonly page: number;
  readonly lines: readonly TextLine[];
  /** Text without a line of its own, such as what was filled into a form. */
  readonly entries?: readonly string[];
}

const LONGEST_HEADING = 120;

/**
 * Adds pages that hold nothing but placed text: paragraphs, headings and tables are told by size, font, gaps and shape. Headers and
 * footers that run through the pages are kept where they first appear.
 */
export function addPages(builder: TextBuilder, pages: readonly PageLines[]): void {
  const kept = withoutRunningLines(pages).map((page) => ({ ...page, lines: unfoldColumns(page.lines) }));
  const measures = measurePages(kept);
  let carried: TextLine[] = [];
  for (const [index, { page, lines, entries = [] }] of kept.entries()) {
    const groups = groupLines(lines.slice(carried.length), measures);
    const next = kept[index + 1];
    carried = entries.length === 0 ? continuation(groups.at(-1), next?.lines ?? [], measures) : [];
    groups.at(-1)?.lines.push(...carried);
    for (const group of groups) {
      if (group.isGrid) addGrid(builder, joinWrappedCells(group.lines), page);
      else addParagraph(builder, group.lines, page, measures);
    }
    for (const entry of entries) builder.add("list-item", entry, { page });
  }
}

interface Group {
  readonly isGrid: boolean;
  readonly lines: TextLine[];
}

function groupLines(lines: readonly TextLine[], measures: PageMeasures): Group[] {
  const groups: Group[] = [];
  for (const [index, line] of lines.entries()) {
    const isGrid =
      line.cells.length > 2 || (line.cells.length === 2 && (isBroken(lines[index - 1]) || isBroken(lines[index + 1])));
    const group = groups.at(-1);
    const previous = group?.lines.at(-1);
    if (group !== undefined && group.isGrid && continuesRow(group.lines, line)) {
      group.lines.push(line);
      continue;
    }
    const continues =
      group !== undefined &&
      previous !== undefined &&
      group.isGrid === isGrid &&
      (isGrid ? line.y > previous.y : !beginsParagraph(previous, line, measures));
    if (continues) group.lines.push(line);
    else groups.push({ isGrid, lines: [line] });
  }
  return groups;
}

function continuesRow(lines: readonly TextLine[], line: TextLine): boolean {
  if (line.cells.length !== 1) return false;
  const from = lines.findLastIndex(({ cells }) => cells.length > 1);
  const row = joinWrappedCells(lines.slice(from)).at(-1);
  return row !== undefined && wrappedCell(row, line) !== null;
}

/** The lines at the top of the next page that end a sentence begun at the bottom of this one; they count to the page of its start. */
function continuation(last: Group | undefined, next: readonly TextLine[], measures: PageMeasures): TextLine[] {
  const [first, ...others] = next;
  const line = last?.lines.at(-1);
  if (last === undefined || line === undefined || first === undefined || last.isGrid || isBroken(first)) return [];
  if (/[.:;!?]$/u.test(lineText(line)) || !/^[\p{Ll}(]/u.test(lineText(first)) || startsListItem(lineText(first)))
    return [];
  if (Math.abs(first.height - line.height) > 0.12 * line.height || line.height > 1.12 * measures.height) return [];
  const lines = [first];
  for (const other of others) {
    const previous = lines.at(-1) ?? first;
    if (isBroken(other) || beginsParagraph(previous, other, measures)) break;
    lines.push(other);
  }
  return lines;
}

const isBroken = (line: TextLine | undefined): boolean => line !== undefined && line.cells.length > 1;

function beginsParagraph(previous: TextLine, line: TextLine, measures: PageMeasures): boolean {
  const text = lineText(line);
  const before = lineText(previous);
  if (Math.abs(previous.height - line.height) > 0.12 * line.height) return true;
  const step = line.y - previous.y;
  if (step < -0.5 * line.height || step > 1.4 * measures.pitch(line.height)) return true;
  if (startsClause(text) || startsListItem(text)) return true;
  if (headingLevel(text) !== null && (/[.:;!?]$/u.test(before) || previous.font !== line.font)) return true;
  const isShort = previous.right < measures.left + 0.75 * (measures.right - measures.left);
  if (isShort && (/[.:;!?]$/u.test(before) || headingLevel(before) !== null)) return true;
  const isOneFont = previous.font === line.font;
  return !isOneFont && isShort && (previous.font !== measures.font || line.font !== measures.font);
}

function addParagraph(builder: TextBuilder, lines: readonly TextLine[], page: number, measures: PageMeasures): void {
  const text = joinWrapped(lines.map(lineText), measures);
  const first = lines[0];
  if (first === undefined) return;
  const level =
    lines.length <= 2 && text.length <= LONGEST_HEADING ? levelOf(first, text, lines.length, measures) : null;
  if (level !== null) builder.add("heading", text, { level, page });
  else builder.add(startsListItem(text) ? "list-item" : "paragraph", text, { page });
}

function levelOf(line: TextLine, text: string, lineCount: number, measures: PageMeasures): number | null {
  if (!/\p{L}{2}/u.test(text) || /[.;,]$/u.test(text)) return null;
  const byShape = lineCount === 1 ? headingLevel(text) : null;
  const bySize = measures.sizeLevel(line.height);
  if (byShape !== null) return byShape;
  if (bySize !== null) return bySize;
  const standsOut = lineCount === 1 && line.font !== measures.font && line.height >= 0.98 * measures.height;
  return standsOut && /^["“(]?[\p{Lu}\p{N}]/u.test(text) && !text.endsWith(":") ? measures.sizes + 1 : null;
}

/** Joins wrapped lines. A hyphen at a line's end is dropped where the document writes the word without it elsewhere. */
function joinWrapped(lines: readonly string[], measures: PageMeasures): string {
  let text = "";
  for (const line of lines) {
    const before = text.endsWith("-") ? /(\p{L}+)-$/u.exec(text.slice(-40))?.[1] : undefined;
    const after = before === undefined ? undefined : /^\p{Ll}+/u.exec(line)?.[0];
    if (before === undefined || after === undefined) text += text === "" ? line : ` ${line}`;
    else if (measures.hasWord((before + after).toLowerCase())) text = text.slice(0, -1) + line;
    else text += line;
  }
  return text;
}
