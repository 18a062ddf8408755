import { singleLine } from "./normalise-text.ts";
import type { TextBuilder } from "./text-builder.ts";

export interface Table {
  /** Null: found by shape, or none. */
  readonly header: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
  readonly page?: number | null;
}

/** Adds each row as "Column: value; Column: value", so that a row is understood, found and cited without its table. */
export function addTable(builder: TextBuilder, table: Table): void {
  const clean = table.rows.map((row) => row.map(singleLine)).filter((row) => row.some((cell) => cell !== ""));
  const first = clean[0];
  if (first === undefined) {
    builder.add("table-row", (table.header ?? []).join(" | "), { page: table.page ?? null });
    return;
  }
  const given = table.header?.map(singleLine);
  const guessed = given === undefined && looksLikeHeader(first, clean[1]);
  const header = given ?? (guessed ? first : null);
  for (const row of guessed ? clean.slice(1) : clean) {
    const isTitle = header === null && row.filter((cell) => cell !== "").length === 1;
    const text = header === null ? plainRow(row) : labelledRow(header, row);
    builder.add(isTitle ? "paragraph" : "table-row", text, { page: table.page ?? null });
  }
}

/** "Column: value; …" of the cells that are not empty; a cell beyond the last column has no label. */
export function labelledRow(header: readonly string[], row: readonly string[]): string {
  return row
    .map((cell, column) => [header[column] ?? "", cell] as const)
    .filter(([, cell]) => cell !== "")
    .map(([label, cell]) => (label === "" || label === cell ? cell : `${label.replace(/:$/u, "")}: ${cell}`))
    .join("; ");
}

function plainRow(row: readonly string[]): string {
  const cells = row.filter((cell) => cell !== "");
  const [label, value] = cells;
  if (cells.length === 2 && label !== undefined && value !== undefined && label.endsWith(":"))
    return `${label} ${value}`;
  return cells.join(" | ");
}

function looksLikeHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  return second !== undefined && second.length === first.length && namesColumns(first);
}

/** Whether a row reads like the names of columns: short, distinct words without figures, at most one of them missing. */
export function namesColumns(row: readonly string[]): boolean {
  const named = row.filter((cell) => cell !== "");
  if (named.length < 2 || named.length < row.length - 1 || new Set(named).size !== named.length) return false;
  return named.every(
    (cell) => cell.length <= 40 && cell.split(" ").length <= 6 && /\p{L}/u.test(cell) && !/\d{3,}|[.,:;]$/u.test(cell),
  );
}
