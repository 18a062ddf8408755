import { marked, type Token, type Tokens } from "marked";
import { LineCounter, parseDocument } from "yaml";
import { GroundworkError } from "../../infra/errors.ts";
import { addTable } from "./add-table.ts";
import { decodeText } from "./decode-text.ts";
import { addHtml } from "./html-blocks.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";

const FRONT_MATTER = /^---[ \t]*\n([\s\S]*?)\n?^(?:---|\.\.\.)[ \t]*(?:\n|$)/mu;
const LARGEST_FRONT_MATTER = 64 * 1024;

/** Markdown as the reader of the rendered page sees it: marks are gone, structure is in the blocks. */
export const markdownParser: Parser = {
  parse: async (bytes) => {
    const source = decodeText(bytes)
      .replace(/^\uFEFF/u, "")
      .replaceAll(/\r\n?/gu, "\n");
    const { frontMatter, body } = splitFrontMatter(source);
    const builder = new TextBuilder();
    for (const token of marked.lexer(body)) addToken(builder, token);
    const title = titleOf(frontMatter);
    return builder.build({ title, frontMatter });
  },
};

/**
 * Front matter decides who may read a file, so a broken one fails the file instead of being read as text. Aliases are bounded and custom
 * tags refused: the result is plain data.
 */
function splitFrontMatter(source: string): { readonly frontMatter: unknown; readonly body: string } {
  if (!/^---[ \t]*\n/u.test(source)) return { frontMatter: undefined, body: source };
  const head = source.slice(0, LARGEST_FRONT_MATTER);
  const found = FRONT_MATTER.exec(head);
  if (found === null || found.index !== 0) {
    if (!/^---[ \t]*\n\s*[\w-]+:/u.test(head)) return { frontMatter: undefined, body: source };
    throw new GroundworkError(
      "unreadable-file",
      'The front matter has no closing "---" line within 64 KB. Close it and upload the file again.',
    );
  }
  return { frontMatter: parseYaml(found[1] ?? ""), body: source.slice(found[0].length) };
}

function parseYaml(yaml: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { schema: "core", lineCounter: lines, logLevel: "silent" });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw brokenFrontMatter(lines.linePos(fault.pos[0]).line + 1);
  try {
    return (document.toJS({ maxAliasCount: 50 }) as unknown) ?? undefined;
  } catch (cause) {
    throw brokenFrontMatter(2, cause);
  }
}

function brokenFrontMatter(line: number, cause?: unknown): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    `The front matter is not valid YAML (line ${line}). Correct it and upload the file again.`,
    { cause },
  );
}

function titleOf(frontMatter: unknown): string | undefined {
  if (typeof frontMatter !== "object" || frontMatter === null || !("title" in frontMatter)) return undefined;
  return typeof frontMatter.title === "string" ? frontMatter.title : undefined;
}

function addToken(builder: TextBuilder, token: Token): void {
  switch (token.type) {
    case "heading":
      return void builder.add("heading", inlineText(token), { level: (token as Tokens.Heading).depth });
    case "code":
      return void builder.add("code", (token as Tokens.Code).text);
    case "list":
      return addList(builder, token as Tokens.List, "");
    case "table":
      return addMarkdownTable(builder, token as Tokens.Table);
    case "html":
      return void addHtml(builder, token.raw);
    case "blockquote":
      for (const inner of (token as Tokens.Blockquote).tokens) addToken(builder, inner);
      return undefined;
    case "space":
    case "hr":
    case "def":
      return undefined;
    default:
      return builder.addLines("paragraph", inlineText(token));
  }
}

function addList(builder: TextBuilder, list: Tokens.List, prefix: string): void {
  let number = typeof list.start === "number" ? list.start : 1;
  for (const item of list.items) {
    const mark = list.ordered ? `${prefix}${number++}.` : "-";
    const box = item.task ? (item.checked === true ? "[x] " : "[ ] ") : "";
    const own = item.tokens.filter((token) => token.type === "text" || token.type === "paragraph");
    builder.add("list-item", `${mark} ${box}${own.map(inlineText).join(" ")}`);
    for (const token of item.tokens) {
      if (token.type === "list") addList(builder, token as Tokens.List, list.ordered ? mark : "");
      else if (token.type !== "checkbox" && !own.includes(token)) addToken(builder, token);
    }
  }
}

function addMarkdownTable(builder: TextBuilder, table: Tokens.Table): void {
  addTable(builder, {
    header: table.header.map(cellText),
    rows: table.rows.map((row) => row.map(cellText)),
  });
}

const cellText = (cell: Tokens.TableCell): string => cell.tokens.map(inlineText).join("");

function inlineText(token: Token): string {
  if (token.type === "br") return "\n";
  if (token.type === "html") return /^<br\b/iu.test(token.raw) ? "\n" : "";
  if (token.type === "codespan" || token.type === "escape") return (token as Tokens.Codespan).text;
  if (token.type === "image") return (token as Tokens.Image).text;
  if (token.type === "checkbox") return "";
  if ("tokens" in token && token.tokens !== undefined) return token.tokens.map(inlineText).join("");
  return "text" in token && typeof token.text === "string" ? decodeEntities(token.text) : "";
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  euro: "€",
  ndash: "–",
  mdash: "—",
};

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,6})|#x([\da-f]{1,6})|(\w{2,8}));/giu,
    (whole, decimal?: string, hexadecimal?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
