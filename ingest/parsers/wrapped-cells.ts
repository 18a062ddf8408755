import type { TextLine } from "./text-line.ts";

/** In heights of the line: lines of one cell stand nearer to each other than rows that begin anew. */
const NEAREST = 0.5;
const FARTHEST = 1.45;
const ALIGNED = 0.6;

/** Which cell of the row above a line of a single cell goes on with, as in a description that wraps; null when with none. The first is left out: text below a table begins there too. */
export function wrappedCell(row: TextLine, line: TextLine): number | null {
  const [only, another] = line.cells;
  if (only === undefined || another !== undefined || row.cells.length < 2) return null;
  const step = (line.y - row.y) / row.height;
  if (step < NEAREST || step > FARTHEST || Math.abs(line.height - row.height) > 0.12 * row.height) return null;
  const column = row.cells.findIndex((cell) => Math.abs(cell.x - only.x) < ALIGNED * row.height);
  const next = row.cells[column + 1];
  return column > 0 && (next === undefined || only.right < next.x) ? column : null;
}

/** Rows whose wrapped cells are whole. Lines of a single cell are those that `wrappedCell` accepted. */
export function joinWrappedCells(lines: readonly TextLine[]): readonly TextLine[] {
  const rows: TextLine[] = [];
  for (const line of lines) {
    const row = rows.at(-1);
    const column = row === undefined ? null : wrappedCell(row, line);
    const [only] = line.cells;
    if (row === undefined || column === null || only === undefined) {
      rows.push(line);
      continue;
    }
    const cells = row.cells.map((cell, index) =>
      index === column ? { ...cell, text: `${cell.text} ${only.text}`, right: Math.max(cell.right, only.right) } : cell,
    );
    // From here the next line is near: a cell may wrap more than once.
    rows[rows.length - 1] = { ...row, cells, y: line.y };
  }
  return rows;
}
