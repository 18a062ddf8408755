import type { Block, ParsedFile } from "../../ingest/parsers/port.ts";
import { editDistance } from "./edit-distance.ts";

export interface Fidelity {
  /** Edits to the reference over its length: 0 is the same text. */
  readonly errors: number;
  /** Share of the reference's words that the text holds, each as often. */
  readonly words: number;
}

/** How near a text is to its reference; both as words with single spaces, since references differ in white space and in marks. */
export function fidelity(text: string, reference: string): Fidelity {
  const [ours, theirs] = [wordsOf(text), wordsOf(reference)];
  const expected = theirs.join(" ");
  const left = Map.groupBy(ours, (word) => word);
  const counts = new Map([...left].map(([word, found]) => [word, found.length]));
  const held = theirs.filter((word) => {
    const count = counts.get(word) ?? 0;
    counts.set(word, count - 1);
    return count > 0;
  });
  return {
    errors: expected === "" ? 0 : editDistance(expected, ours.join(" ")) / expected.length,
    words: theirs.length === 0 ? 1 : held.length / theirs.length,
  };
}

/** Marks of lists and tables are none: a bullet is "-" here and "•" there. */
function wordsOf(text: string): string[] {
  return text
    .normalize("NFKC")
    .split(/[\s|]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** The text of a Markdown reference without its marks. */
export function markdownText(markdown: string): string {
  return markdown
    .replaceAll(/<!--.*?-->/gsu, " ")
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/gu, " ")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replaceAll(/^\s*(?:#{1,6}|[-*+]|>|```\w*)(?=\s|$)/gmu, " ")
    .replaceAll(/^[\s|:-]+$/gmu, " ")
    .replaceAll(/\*\*|__|~~|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)/gu, "")
    .replaceAll(/\\([_*#|[\]<>$-])/gu, "$1")
    .replaceAll(/&(amp|lt|gt|quot|#x27);/gu, (_, name: string) => ENTITIES[name] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/** The text with the names of columns once above their rows, as it stands on the page, instead of before every cell. */
export function withoutLabels({ text, blocks }: ParsedFile): string {
  const lines: string[] = [];
  let run: string[] = [];
  const flush = (): void => {
    lines.push(...unlabelled(run));
    run = [];
  };
  for (const block of blocks) {
    if (block.kind !== "table-row") flush();
    (block.kind === "table-row" ? run : lines).push(text.slice(block.start, block.end));
  }
  flush();
  return lines.join("\n");
}

function unlabelled(rows: readonly string[]): string[] {
  const parts = rows.map((row) => row.split("; ").map((cell) => /^(.{1,80}?): (.*)$/su.exec(cell)));
  const uses = new Map<string, number>();
  for (const label of parts.flat().map((cell) => cell?.[1] ?? "")) uses.set(label, (uses.get(label) ?? 0) + 1);
  const labels = [...uses].filter(([label, count]) => label !== "" && (count > 1 || rows.length === 1));
  const known = new Set(labels.map(([label]) => label));
  const values = rows.map((row) =>
    row
      .split("; ")
      .map((cell) => {
        const found = /^(.{1,80}?): (.*)$/su.exec(cell);
        return found !== null && known.has(found[1] ?? "") ? (found[2] ?? "") : cell;
      })
      .join(" "),
  );
  return known.size === 0 ? values : [[...known].join(" "), ...values];
}

/** Share of a table's rows whose cells all stand, in order, in one line of the text. */
export function rowsHeld(csv: string, lines: readonly string[]): { readonly rows: number; readonly held: number } {
  const clean = lines.map((line) => plain(line));
  const rows = csvRows(csv).map((cells) => cells.map(plain).filter((cell) => cell !== ""));
  const filled = rows.filter((cells) => cells.length > 1);
  const held = filled.filter((cells) => clean.some((line) => holdsInOrder(line, cells)));
  return { rows: filled.length, held: held.length };
}

export function linesOf({ text, blocks }: { readonly text: string; readonly blocks: readonly Block[] }): string[] {
  return blocks.map(({ start, end }) => text.slice(start, end));
}

const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .replaceAll(/[\s|]+/gu, " ")
    .trim();

function holdsInOrder(line: string, cells: readonly string[]): boolean {
  let position = 0;
  for (const cell of cells) {
    const found = line.indexOf(cell, position);
    if (found === -1) return false;
    position = found + cell.length;
  }
  return true;
}

function csvRows(csv: string): string[][] {
  const cells = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gu;
  const rows: string[][] = [[]];
  for (const [, cell = "", end] of csv.matchAll(cells)) {
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ",") rows.push([]);
  }
  return rows;
}
