import { Parser as MarkupParser } from "htmlparser2";
import { decodeText } from "./decode-text.ts";
import { singleLine } from "./normalise-text.ts";
import { addInvoice, mayBeInvoice } from "./e-invoice.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";
import { readXml } from "./xml-tree.ts";

const DECLARED_ENCODING = /^<\?xml[^>]{0,200}encoding\s*=\s*["']([\w-]{1,40})["']/u;

/**
 * Each value of an XML file as a line "Parent / Name: value", so that it can be read and cited; before them, what an e-invoice
 * says of itself. Document types and entities of
 * the file's own are never expanded, so that nothing is fetched and nothing multiplies.
 */
export const xmlParser: Parser = {
  parse: async (bytes) => {
    const head = Buffer.from(bytes.subarray(0, 300)).toString("latin1");
    const builder = new TextBuilder();
    const path: string[] = [];
    let text: string[] = [];
    let unit = "";
    const flush = (): void => {
      const value = singleLine(text.join(""));
      text = [];
      // Outside of the root stand only what is left of document types.
      if (value !== "" && path.length > 0)
        builder.add("list-item", `${path.slice(-2).map(readableName).join(" / ")}: ${value}${unit}`);
      unit = "";
    };
    const parser = new MarkupParser(
      {
        onopentag: (name, attributes) => {
          flush();
          path.push(name);
          const code = attributes["currencyID"] ?? attributes["unitCode"];
          unit = code === undefined ? "" : ` ${singleLine(code)}`;
        },
        onclosetag: () => {
          flush();
          path.pop();
        },
        ontext: (piece) => text.push(piece),
      },
      { xmlMode: true, decodeEntities: true },
    );
    const xml = decodeText(bytes, DECLARED_ENCODING.exec(head)?.[1]);
    const invoice = mayBeInvoice(xml) ? addInvoice(builder, readXml(xml)) : null;
    parser.write(xml);
    parser.end();
    return builder.build(invoice === null ? {} : { ...invoice, kind: "e-invoice" });
  },
};

/** `cbc:TaxExclusiveAmount` → `Tax Exclusive Amount`. */
function readableName(name: string): string {
  return name
    .replace(/^.*:/u, "")
    .slice(0, 80)
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
}
