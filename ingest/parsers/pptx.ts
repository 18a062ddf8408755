import { addTable } from "./add-table.ts";
import { addChart } from "./add-chart.ts";
import { type Archive, openArchive, relationsOf } from "./open-archive.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";
import { childrenOf, findAll, findPath, textOf, type XmlElement } from "./xml-tree.ts";

const PRESENTATION = "ppt/presentation.xml";
const TITLES = new Set(["title", "ctrTitle"]);
/** Repeated on every slide: dates, footers, slide numbers. */
const FURNITURE = new Set(["dt", "ftr", "sldNum", "hdr", "sldImg"]);

/** Presentations: each slide a page under its title, with tables, charts and the speaker's notes; pictures and comments are left out. */
export const pptxParser: Parser = {
  parse: async (bytes) => {
    const archive = await openArchive(bytes);
    const slides = await slidesOf(archive);
    const builder = new TextBuilder();
    for (const [index, slide] of slides.entries()) await addSlide(builder, archive, slide, index + 1);
    return builder.build({ pages: slides.length });
  },
};

/** Names of the slides in the order in which they are shown. */
async function slidesOf(archive: Archive): Promise<readonly string[]> {
  const presentation = await archive.read(PRESENTATION);
  const relations = await relationsOf(archive, PRESENTATION);
  const list = findPath(presentation ?? undefined, "p:sldIdLst");
  const slides = (list === undefined ? [] : childrenOf(list)).flatMap(
    ({ attributes }) => relations.get(attributes["r:id"] ?? "") ?? [],
  );
  return slides.length > 0 ? slides : archive.names.filter((name) => /^ppt\/slides\/slide\d+\.xml$/u.test(name));
}

async function addSlide(builder: TextBuilder, archive: Archive, name: string, page: number): Promise<void> {
  const tree = findPath((await archive.read(name)) ?? undefined, "p:cSld", "p:spTree");
  if (tree === undefined) return;
  const relations = await relationsOf(archive, name);
  const shapes = shapesOf(tree);
  const title = shapes.find((shape) => TITLES.has(placeholderOf(shape)));
  if (title !== undefined) builder.add("heading", textOfShape(title), { level: 1, page });
  for (const shape of shapes) {
    if (shape === title || FURNITURE.has(placeholderOf(shape))) continue;
    if (shape.name === "p:graphicFrame") await addFrame(builder, archive, shape, { page, relations });
    else addParagraphs(builder, shape, page);
  }
  const notes = [...relations.values()].find((target) => target.startsWith("ppt/notesSlides/"));
  const notesTree = findPath(
    (notes === undefined ? null : await archive.read(notes)) ?? undefined,
    "p:cSld",
    "p:spTree",
  );
  for (const shape of notesTree === undefined ? [] : shapesOf(notesTree)) {
    if (!FURNITURE.has(placeholderOf(shape))) addParagraphs(builder, shape, page);
  }
}

/** Groups are opened; in alternatives the first is read. */
function shapesOf(tree: XmlElement): readonly XmlElement[] {
  return childrenOf(tree).flatMap((child) => {
    if (child.name === "p:sp" || child.name === "p:graphicFrame") return [child];
    if (child.name === "p:grpSp") return shapesOf(child);
    const choice = child.name === "mc:AlternateContent" ? childrenOf(child)[0] : undefined;
    return choice === undefined ? [] : shapesOf(choice);
  });
}

/** "none" for a shape that is no placeholder of the layout. */
function placeholderOf(shape: XmlElement): string {
  const placeholder = findPath(shape, "p:nvSpPr", "p:nvPr", "p:ph");
  return placeholder === undefined ? "none" : (placeholder.attributes["type"] ?? "body");
}

function textOfShape(shape: XmlElement): string {
  return findAll(shape, "a:p").map(paragraphText).join(" ");
}

function addParagraphs(builder: TextBuilder, shape: XmlElement, page: number): void {
  const isBody = placeholderOf(shape) === "body";
  let number = 0;
  for (const paragraph of findAll(shape, "a:p")) {
    const text = paragraphText(paragraph);
    if (text.trim() === "") continue;
    const properties = findPath(paragraph, "a:pPr");
    const has = (name: string): boolean => findPath(properties, name) !== undefined;
    number = has("a:buAutoNum") ? number + 1 : 0;
    const isItem =
      number > 0 || has("a:buChar") || (isBody && !has("a:buNone") && properties?.attributes["lvl"] !== undefined);
    const mark = number > 0 ? `${number}. ` : isItem ? "- " : "";
    builder.addLines(isItem ? "list-item" : "paragraph", mark + text, { page });
  }
}

/** Breaks are lines; a field, such as a date, has the text that it was saved with. */
function paragraphText(paragraph: XmlElement): string {
  return childrenOf(paragraph)
    .map((child) => {
      if (child.name === "a:br") return "\n";
      if (child.name === "a:r" || child.name === "a:fld") return textOf(findPath(child, "a:t"));
      return child.name === "mc:AlternateContent" || child.name === "a14:m"
        ? findAll(child, "m:t").map(textOf).join("")
        : "";
    })
    .join("");
}

interface FramePlace {
  readonly page: number;
  readonly relations: ReadonlyMap<string, string>;
}

async function addFrame(
  builder: TextBuilder,
  archive: Archive,
  frame: XmlElement,
  { page, relations }: FramePlace,
): Promise<void> {
  const data = findPath(frame, "a:graphic", "a:graphicData");
  const table = findPath(data, "a:tbl");
  if (table !== undefined) {
    const rows = findAll(table, "a:tr").map((row) =>
      findAll(row, "a:tc").map((cell) => findAll(cell, "a:p").map(paragraphText).join(" ")),
    );
    const isNamed = findPath(table, "a:tblPr")?.attributes["firstRow"] === "1" && rows.length > 1;
    addTable(builder, { header: isNamed ? (rows.shift() ?? null) : null, rows, page });
  }
  const chart = relations.get(findPath(data, "c:chart")?.attributes["r:id"] ?? "");
  const space = chart === undefined ? null : await archive.read(chart);
  if (space !== null) addChart(builder, space, page);
}
