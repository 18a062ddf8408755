import JsZip from "jszip";
import mammoth from "mammoth";
import { GroundworkError } from "../../infra/errors.ts";
import { checkZip } from "./check-zip.ts";
import { completeWord, headingStyle, LIST_ITEM_STYLE, MOST_HEADING_LEVELS } from "./complete-word.ts";
import { addHtml } from "./html-blocks.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";
import { WordNumbering } from "./word-numbering.ts";

const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Code'] => pre:separator('\n')",
  ...Array.from({ length: MOST_HEADING_LEVELS }, (_, index) => `p.${headingStyle(index + 1)} => h${index + 1}:fresh`),
  // A list without marks of its own: they are in the text.
  `p.${LIST_ITEM_STYLE} => dir > li:fresh`,
];

/**
 * Word documents: headings by style, lists and clauses with their automatic numbers, tables, formulas and footnotes; deleted text, comments
 * and images are left out.
 */
export const docxParser: Parser = {
  parse: async (bytes) => {
    checkZip(bytes);
    const builder = new TextBuilder();
    addHtml(builder, await toHtml(bytes));
    return builder.build();
  },
};

async function toHtml(bytes: Uint8Array): Promise<string> {
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: await completed(bytes) },
      {
        styleMap: STYLES,
        externalFileAccess: false,
        convertImage: mammoth.images.imgElement(async () => ({ src: "" })),
      },
    );
    return value;
  } catch (cause) {
    throw new GroundworkError(
      "unreadable-file",
      "The Word document is damaged. Open it in a word processor, save it again as .docx and upload the copy.",
      { cause },
    );
  }
}

/** The document with its automatic numbers written out, and without the lists that they came from. */
async function completed(bytes: Uint8Array): Promise<Buffer> {
  const archive = await JsZip.loadAsync(bytes);
  const text = async (path: string): Promise<string> => (await archive.file(path)?.async("string")) ?? "";
  const [document, numbering, styles] = await Promise.all([
    text("word/document.xml"),
    text("word/numbering.xml"),
    text("word/styles.xml"),
  ]);
  // Some programs call the parts otherwise; mammoth finds them, without numbers.
  if (document === "") return Buffer.from(bytes);
  archive.file("word/document.xml", completeWord(document, new WordNumbering(numbering, styles)));
  if (numbering !== "") archive.file("word/numbering.xml", EMPTY_NUMBERING);
  for (const { name } of archive.file(/^word\/(?:media|embeddings|fonts)\//u)) archive.file(name, "");
  return archive.generateAsync({ type: "nodebuffer", compression: "STORE" });
}

const EMPTY_NUMBERING =
  '<?xml version="1.0"?><w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>';
