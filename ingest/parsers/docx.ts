import mammoth from "mammoth";
import { GroundworkError } from "../../infra/errors.ts";
import { checkZip } from "./check-zip.ts";
import { addHtml } from "./html-blocks.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";

const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Code'] => pre:separator('\n')",
];

/** Word documents: headings by style, lists, tables and footnotes; deleted text, comments and images are left out. */
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
      { buffer: Buffer.from(bytes) },
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
