/** A row of a sheet: its number, from 1, and its cells, from the first column. */
export interface SheetRow {
  readonly number: number;
  readonly cells: readonly string[];
}

/** The tables of a sheet, parted where rows are empty and after lines of a single cell, which are titles and notes. */
export function splitTables(rows: readonly SheetRow[]): string[][][] {
  const tables: (readonly string[])[][] = [];
  let lastRow = 0;
  let isTable = false;
  for (const { number, cells } of rows) {
    const filled = cells.filter((cell) => cell !== "").length;
    if (filled === 0) continue;
    const table = tables.at(-1);
    const continues = table !== undefined && number === lastRow + 1 && (isTable || filled === 1);
    if (continues) table.push(cells);
    else tables.push([cells]);
    isTable = filled > 1;
    lastRow = number;
  }
  return tables.map(sameWidth);
}

function sameWidth(rows: readonly (readonly string[])[]): string[][] {
  const width = Math.max(...rows.map((row) => row.length));
  const first = Math.min(...rows.map((row) => row.findIndex((cell) => cell !== "")));
  return rows.map((row) => Array.from({ length: width - first }, (_, column) => row[first + column] ?? ""));
}
