import { decodeText } from "./decode-text.ts";
import { addHtml } from "./html-blocks.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";

const DECLARED_CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/iu;

/** Headings, lists and tables of a web page; see `addHtml` for what is passed over. */
export const htmlParser: Parser = {
  parse: async (bytes) => {
    const head = Buffer.from(bytes.subarray(0, 2048)).toString("latin1");
    const builder = new TextBuilder();
    const title = addHtml(builder, decodeText(bytes, DECLARED_CHARSET.exec(head)?.[1]));
    return builder.build({ title });
  },
};
