import { Parser as MarkupParser } from "htmlparser2";
import type { WordNumbering } from "./word-numbering.ts";

/** Styles that `completeWord` gives to paragraphs, for mammoth's style map. */
export const LIST_ITEM_STYLE = "GroundworkListItem";
export const headingStyle = (level: number): string => `GroundworkHeading${level}`;
export const MOST_HEADING_LEVELS = 6;

interface OpenParagraph {
  style: string | null;
  use: string | null;
  level: number | null;
  outline: number | null;
  isDeleted: boolean;
  /** Where the properties' content begins, where its style stands, and where the properties end. */
  propertiesStart: number;
  styleSpan: readonly [number, number] | null;
  isDone: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const MATHS: Readonly<Record<string, string>> = { "m:den": "/", "m:sup": "^", "m:sub": "_", "m:rad": "√", "m:d": "(" };

/**
 * `document.xml` with what mammoth passes over written out: each automatic number as text of its paragraph, headings of the document's own
 * styles as headings, and formulas as runs of text ("a/b", "x^2").
 */
export function completeWord(xml: string, numbering: WordNumbering): string {
  const edits: Edit[] = [];
  const open: OpenParagraph[] = [];
  const path: string[] = [];
  /** In alternatives that mammoth does not read; their paragraphs are written again in those that it does. */
  let choices = 0;

  const parser = new MarkupParser(
    {
      onopentag: (name, attributes) => {
        path.push(name);
        if (name === "mc:Choice") choices += 1;
        if (name === "w:p") open.push(freshParagraph());
        const span = [parser.startIndex, parser.endIndex + 1] as const;
        if (name.startsWith("m:")) edits.push(...openFormula(name, attributes, xml.slice(...span), span));
        const paragraph = open.at(-1);
        if (paragraph !== undefined && !paragraph.isDone) readProperty(paragraph, path, attributes, span);
      },
      onclosetag: (name) => {
        const span = [parser.startIndex, parser.endIndex + 1] as const;
        path.pop();
        const isSelfClosed = xml[span[0] + 1] !== "/";
        if (name.startsWith("m:") && !isSelfClosed) {
          const closing = name === "m:d" ? textRun(")") : "";
          edits.push({ start: span[0], end: span[1], text: `${closing}</${wordName(name)}>` });
        }
        if (name === "mc:Choice") choices -= 1;
        const paragraph = open.at(-1);
        if (name === "w:pPr" && path.at(-1) === "w:p" && paragraph !== undefined && !paragraph.isDone) {
          paragraph.isDone = true;
          if (choices === 0 && !isSelfClosed) edits.push(...completeParagraph(paragraph, numbering, span[1]));
        }
        if (name === "w:p") open.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  parser.end();
  return applied(xml, edits);
}

function freshParagraph(): OpenParagraph {
  return {
    style: null,
    use: null,
    level: null,
    outline: null,
    isDeleted: false,
    propertiesStart: -1,
    styleSpan: null,
    isDone: false,
  };
}

function readProperty(
  paragraph: OpenParagraph,
  path: readonly string[],
  attributes: Readonly<Record<string, string>>,
  span: readonly [number, number],
): void {
  const name = path.at(-1);
  const parent = path.at(-2);
  // What the paragraph was before a tracked change.
  if (path.includes("w:pPrChange")) return;
  const value = attributes["w:val"] ?? null;
  if (name === "w:pPr" && parent === "w:p") paragraph.propertiesStart = span[1];
  else if (name === "w:pStyle" && parent === "w:pPr") {
    paragraph.style = value;
    paragraph.styleSpan = span;
  } else if (name === "w:numId" && parent === "w:numPr") paragraph.use = value;
  else if (name === "w:ilvl" && parent === "w:numPr") paragraph.level = Number(value) || 0;
  else if (name === "w:outlineLvl" && parent === "w:pPr") paragraph.outline = Number(value);
  else if (name === "w:del" && parent === "w:rPr") paragraph.isDeleted = true;
}

function completeParagraph(paragraph: OpenParagraph, numbering: WordNumbering, end: number): Edit[] {
  if (paragraph.isDeleted) return [];
  const label = numbering.next(paragraph);
  const outline = paragraph.outline !== null && paragraph.outline < 9 ? paragraph.outline + 1 : null;
  const level = outline ?? numbering.headingLevel(paragraph.style);
  const style =
    level !== null
      ? headingStyle(Math.min(level, MOST_HEADING_LEVELS))
      : label === null || isTitle(paragraph.style)
        ? null
        : LIST_ITEM_STYLE;
  // A bullet on a heading says nothing.
  const mark = label === null || (level !== null && label === "-") ? "" : textRun(`${label} `);
  const edits: Edit[] = mark === "" ? [] : [{ start: end, end, text: mark }];
  if (style === null) return edits;
  const [from, to] = paragraph.styleSpan ?? [paragraph.propertiesStart, paragraph.propertiesStart];
  return [{ start: from, end: to, text: `<w:pStyle w:val="${style}"/>` }, ...edits];
}

const isTitle = (style: string | null): boolean => style === "Title" || style === "Subtitle";

function openFormula(
  name: string,
  attributes: Readonly<Record<string, string>>,
  tag: string,
  [start, end]: readonly [number, number],
): Edit[] {
  const closing = tag.endsWith("/>") ? `</${wordName(name)}>` : "";
  const sign = name === "m:chr" ? (attributes["m:val"] ?? "") : (MATHS[name] ?? "");
  const text = sign === "" ? "" : textRun(sign);
  return [
    {
      start,
      end,
      text:
        name === "m:d" || name === "m:rad"
          ? `<${wordName(name)}>${text}${closing}`
          : `${text}<${wordName(name)}>${closing}`,
    },
  ];
}

/** Elements that mammoth reads through. */
function wordName(name: string): string {
  if (name === "m:r") return "w:r";
  return name === "m:t" ? "w:t" : "w:smartTag";
}

function textRun(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<w:r><w:t xml:space="preserve">${escaped}</w:t></w:r>`;
}

function applied(xml: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return xml;
  const pieces: string[] = [];
  let position = 0;
  for (const { start, end, text } of edits.toSorted((left, right) => left.start - right.start)) {
    pieces.push(xml.slice(position, start), text);
    position = end;
  }
  return pieces.join("") + xml.slice(position);
}
