import { labelledRow, namesColumns } from "./add-table.ts";
import type { TextBuilder } from "./text-builder.ts";
import type { Cell, TextLine } from "./text-line.ts";

/** Adds lines of several cells as table rows: under a header, if the first line is one, each cell goes to the column that it stands in. */
export function addGrid(builder: TextBuilder, lines: readonly TextLine[], page: number): void {
  const [first, ...rest] = lines;
  if (first === undefined) return;
  const labels = first.cells.map(({ text }) => text);
  const isHeader = rest.length > 0 && namesColumns(labels) && rest.every(({ cells }) => cells.length <= labels.length);
  for (const { cells } of isHeader ? rest : lines) {
    builder.add("table-row", isHeader ? labelledRow(labels, columnsOf(first.cells, cells)) : plainRow(cells), { page });
  }
}

function plainRow(cells: readonly Cell[]): string {
  const isPair = cells.length === 2 && cells[0]?.text.endsWith(":") === true;
  return cells.map(({ text }) => text).join(isPair ? " " : " | ");
}

function columnsOf(header: readonly Cell[], cells: readonly Cell[]): string[] {
  const columns = header.map(() => "");
  for (const cell of cells) {
    const column = nearest(header, cell);
    columns[column] = [columns[column], cell.text].filter((text) => text !== "").join(" ");
  }
  return columns;
}

function nearest(header: readonly Cell[], cell: Cell): number {
  const distances = header.map((label) => Math.max(label.x - cell.right, cell.x - label.right));
  return distances.indexOf(Math.min(...distances));
}
