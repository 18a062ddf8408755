/** Rows as lines of aligned columns, two spaces between them: text to the left, numbers to the right, grouped in thousands. */
export function columns(rows: readonly (readonly (string | number)[])[], indent = "  "): readonly string[] {
  const written = rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell)));
  const widths: number[] = [];
  for (const row of written) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return written.map((row, index) => {
    const cells = row.map((cell, at) =>
      typeof rows[index]?.[at] === "number" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
    );
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
}
