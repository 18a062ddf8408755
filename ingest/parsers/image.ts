import { addPages } from "./add-pages.ts";
import { needsOcr } from "./needs-ocr.ts";
import type { Ocr } from "./ocr.ts";
import type { Parser } from "./port.ts";
import { recogniseLines } from "./recognise-lines.ts";
import { TextBuilder } from "./text-builder.ts";

/** A scan or photograph of one page. */
export function imageParser(ocr: Ocr): Parser {
  return {
    parse: async (bytes, _name, _signal, { ocr: recognition } = {}) => {
      if (recognition === "refused") throw needsOcr();
      const builder = new TextBuilder();
      addPages(builder, [{ page: 1, lines: await recogniseLines(ocr, { image: bytes, scale: 1, left: 0, top: 0 }) }]);
      return builder.build({ pages: 1, usedOcr: true });
    },
  };
}
