import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markSpan, type TextPiece } from "../../../api/web/source/mark-span.ts";

const textOf = (pieces: readonly TextPiece[], kind?: "marked") =>
  pieces.map((piece) => (piece.kind === "page" || (kind && piece.kind !== kind) ? "" : piece.text)).join("");

describe("markSpan", () => {
  it("marks the span and goes on marking after a page that starts inside it", () => {
    const pages = [
      { page: 1, start: 0 },
      { page: 2, start: 5 },
    ];
    expect(markSpan("one, two, three", pages, { start: 3, end: 8 })).toEqual([
      { kind: "page", page: 1 },
      { kind: "text", text: "one" },
      { kind: "marked", text: ", " },
      { kind: "page", page: 2 },
      { kind: "marked", text: "two" },
      { kind: "text", text: ", three" },
    ]);
  });

  it("loses no character, marks exactly the span and keeps the pages in order", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), fc.nat(60), fc.nat(60), (words, starts, one, other) => {
        const pages = starts.sort((a, b) => a - b).map((start, index) => ({ page: index + 1, start }));
        const span = { start: Math.min(one, other, words.length), end: Math.min(Math.max(one, other), words.length) };
        const pieces = markSpan(words, pages, span);
        expect(textOf(pieces)).toBe(words);
        expect(textOf(pieces, "marked")).toBe(words.slice(span.start, span.end));
        const shown = pieces.flatMap((piece) => (piece.kind === "page" ? [piece.page] : []));
        expect(shown).toEqual(pages.filter((page) => page.start <= words.length).map((page) => page.page));
      }),
    );
  });
});
