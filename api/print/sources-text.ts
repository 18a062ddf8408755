import type { Citation } from "../../retrieval/citation.ts";
import { termText } from "../web/source/term-text.ts";

/** `[1][3]`. */
export function marks(citations: readonly number[]): string {
  return citations.map((number) => `[${number}]`).join("");
}

/** One line for each citation: what it is, where in it, and its words. */
export function sourcesText(citations: readonly Citation[]): string {
  return citations
    .map(({ number, title, page, start, end, quote, documentId, effective, expires }) => {
      const term = termText(effective, expires);
      const place = [term, page === null ? null : `page ${page}`, `characters ${start}-${end}`, documentId]
        .filter((part) => part !== null)
        .join(", ");
      return `  [${number}] ${title} (${place})\n      “${quote.replaceAll(/\s+/g, " ").slice(0, 160)}”`;
    })
    .join("\n");
}
