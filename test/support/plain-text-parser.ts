import type { Parser } from "../../ingest/parsers/port.ts";

/** Takes the bytes for text of one paragraph. */
export const plainTextParser: Parser = {
  parse: (bytes) => {
    const text = new TextDecoder().decode(bytes).trim();
    const blocks = [{ kind: "paragraph" as const, start: 0, end: text.length, page: null }];
    return Promise.resolve({ text, blocks, attachments: [], pages: null, usedOcr: false, warnings: [] });
  },
};
