import type { Cell, TextLine } from "./text-line.ts";

/** Lines of two cells that a page of two columns has at least. */
const FEWEST_LINES = 6;
/** Characters and words that a line of a narrow column has in the mean; cells of tables are shorter. */
const PROSE_CHARACTERS = 22;
const PROSE_WORDS = 3.5;

/**
 * Puts the lines of a page of two columns into the order in which it is read, where the file writes them across both: the left column down,
 * then the right one, part by part between lines that go over the whole width. Other pages, and tables, stay as they are.
 */
export function unfoldColumns(lines: readonly TextLine[]): readonly TextLine[] {
  const gutter = gutterOf(lines);
  if (gutter === null) return lines;
  const ordered: TextLine[] = [];
  let left: TextLine[] = [];
  let right: TextLine[] = [];
  const flush = (): void => {
    ordered.push(...left, ...right);
    [left, right] = [[], []];
  };
  for (const line of lines) {
    const [first, second] = line.cells;
    if (line.right <= gutter.right) left.push(line);
    else if (line.x >= gutter.left) right.push(line);
    else if (line.cells.length === 2 && first !== undefined && second !== undefined && second.x >= gutter.left) {
      left.push(partOf(line, first));
      right.push(partOf(line, second));
    } else {
      flush();
      ordered.push(line);
    }
  }
  flush();
  return ordered;
}

const partOf = (line: TextLine, cell: Cell): TextLine => ({ ...line, cells: [cell], x: cell.x, right: cell.right });

/** The empty strip between two columns of prose: from where the left one ends to where the right one begins; null when there is none. */
function gutterOf(lines: readonly TextLine[]): { readonly left: number; readonly right: number } | null {
  const pairs = lines.flatMap(({ cells: [first, second], cells }) =>
    cells.length === 2 && first !== undefined && second !== undefined ? [[first, second] as const] : [],
  );
  if (pairs.length < FEWEST_LINES || pairs.length < 0.4 * lines.length) return null;
  const start = Math.min(...pairs.map(([, second]) => second.x));
  const end = Math.max(...pairs.map(([first]) => first.right));
  const height = lines[0]?.height ?? 1;
  if (start < end + 0.5 * height) return null;
  const aligned = pairs.filter(([, second]) => second.x - start < height);
  const isAligned = aligned.length >= 0.8 * pairs.length;
  return isAligned && isProse(pairs.map(([first]) => first)) && isProse(pairs.map(([, second]) => second))
    ? { left: start - 0.5 * height, right: end + 0.5 * height }
    : null;
}

function isProse(cells: readonly Cell[]): boolean {
  const mean = (value: (cell: Cell) => number): number =>
    cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
  const width = Math.max(...cells.map((cell) => cell.right - cell.x));
  const full = cells.filter((cell) => cell.right - cell.x > 0.8 * width).length;
  return (
    mean(({ text }) => text.length) >= PROSE_CHARACTERS &&
    mean(({ text }) => text.split(" ").length) >= PROSE_WORDS &&
    full >= 0.6 * cells.length
  );
}
