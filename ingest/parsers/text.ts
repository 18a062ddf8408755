import { startsClause } from "../clause-number.ts";
import { decodeText } from "./decode-text.ts";
import { headingLevel, startsListItem } from "./heading-shape.ts";
import { normaliseText, singleLine } from "./normalise-text.ts";
import type { Parser } from "./port.ts";
import { readDelimited } from "./read-delimited.ts";
import { TextBuilder } from "./text-builder.ts";

/** Plain text: blank lines, clause numbers and bullets part the blocks, line breaks are kept. */
export const textParser: Parser = {
  parse: async (bytes) => {
    const builder = new TextBuilder();
    addPlainText(builder, decodeText(bytes));
    return builder.build();
  },
};

/** Separated values: a block a row, its cells apart, each under the first row as its header. */
export const delimitedParser: Parser = {
  parse: async (bytes) => {
    const rows = readDelimited(normaliseText(decodeText(bytes))).map((cells) => cells.map(singleLine).join(" | "));
    const first = rows.findIndex((row) => /[^\s|]/u.test(row));
    const header = rows.length - first > 1 ? rows[first]?.slice(0, 300).toWellFormed() : undefined;
    const builder = new TextBuilder();
    for (const [index, row] of rows.entries()) {
      if (/[^\s|]/u.test(row)) builder.add("table-row", row, { header: index === first ? undefined : header });
    }
    return builder.build();
  },
};

export function addPlainText(builder: TextBuilder, raw: string): void {
  let paragraph: string[] = [];
  let isItem = false;
  const flush = (): void => {
    const level = paragraph.length === 1 ? headingLevel((paragraph[0] ?? "").trim()) : null;
    if (level !== null && !isItem) builder.add("heading", paragraph.join("\n"), { level });
    else builder.addLines(isItem ? "list-item" : "paragraph", paragraph.join("\n"));
    paragraph = [];
    isItem = false;
  };
  for (const line of normaliseText(raw).split("\n")) {
    const text = line.trim();
    if (text === "") {
      flush();
      continue;
    }
    const beginsClause = startsClause(text);
    const beginsItem = !beginsClause && startsListItem(text);
    if (beginsClause || beginsItem) flush();
    if (beginsItem && headingLevel(text) === null) isItem = true;
    paragraph.push(line);
  }
  flush();
}
