const DELIMITERS = [",", ";", "\t", "|"];
/** A quotation mark that is never closed takes no more than this with it. */
const LONGEST_CELL = 20_000;

/** The rows of separated values (RFC 4180, and with semicolons, tabs or bars); quoted cells may hold separators and line breaks. */
export function readDelimited(text: string): string[][] {
  const stated = /^sep=(.)\n/u.exec(text);
  const body = stated === null ? text : text.slice(stated[0].length);
  const delimiter = stated?.[1] ?? delimiterOf(body);
  const rows: string[][] = [];
  let row: string[] = [];
  let position = 0;
  while (position < body.length) {
    const { cell, end } = readCell(body, position, delimiter);
    row.push(cell);
    if (body[end] !== delimiter) {
      rows.push(row);
      row = [];
    } else if (end + 1 === body.length) row.push("");
    position = end + 1;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function readCell(text: string, start: number, delimiter: string): { readonly cell: string; readonly end: number } {
  if (text[start] === '"') {
    const close = closingQuote(text, start + 1);
    const after = text[close + 1];
    if (close !== -1 && (after === undefined || after === delimiter || after === "\n"))
      return { cell: text.slice(start + 1, close).replaceAll('""', '"'), end: close + 1 };
  }
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n") end += 1;
  return { cell: text.slice(start, end), end };
}

function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at - start > LONGEST_CELL ? -1 : at;
}

/** The separator that the first line has most of, outside of quotation marks. */
function delimiterOf(text: string): string {
  const line = (text.split("\n", 20).find((one) => one.trim() !== "") ?? "").replaceAll(/"[^"]*"/gu, "");
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}
