import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { CONTEXT_CHARACTERS, type ContextRow, chunkContext } from "../../../infra/db/chunk-context.ts";

interface Piece {
  readonly text: string;
  readonly headings: readonly string[];
}

/** A part of these chunks, a line each, as a statement reads it around one of them. */
function around(pieces: readonly Piece[]) {
  const text = pieces.map((piece) => piece.text).join("\n");
  let start = 0;
  const chunks = pieces.map((piece) => {
    const chunk = { ...piece, start, end: start + piece.text.length };
    start = chunk.end + 1;
    return chunk;
  });
  const row: ContextRow = { around_text: text, around_start: 0, around_spans: chunks };
  return { text, chunks, row };
}

function contextOf(at: number, kind: "neighbours" | "section", pieces: readonly Piece[]) {
  const { chunks, row } = around(pieces);
  const chunk = chunks[at];
  return chunk === undefined ? null : chunkContext(chunk, row, kind);
}

const piece = (text: string, ...headings: readonly string[]): Piece => ({ text, headings });
const MANUAL = [
  piece("Preface."),
  piece("1.1 Order.", "1 Buying", "Orders"),
  piece("1.2 Approve.", "1 Buying", "Approvals"),
  piece("1.3 Above 500.", "1 Buying", "Approvals", "Large"),
  piece("2.1 Pay.", "2 Paying"),
];

describe("what stands around a chunk", () => {
  it("is the chunks right before and after it", () => {
    expect(contextOf(2, "neighbours", MANUAL)).toMatchObject({
      text: "1.1 Order.\n1.2 Approve.\n1.3 Above 500.",
      headings: ["1 Buying", "Approvals"],
    });
    expect(contextOf(0, "neighbours", MANUAL)?.text).toBe("Preface.\n1.1 Order.");
    expect(contextOf(0, "neighbours", [piece("Alone.")])).toEqual({ start: 0, end: 6, text: "Alone.", headings: [] });
  });

  it("is the innermost section that holds more than the chunk, with the sections within it", () => {
    expect(contextOf(2, "section", MANUAL)).toMatchObject({
      text: "1.2 Approve.\n1.3 Above 500.",
      headings: ["1 Buying", "Approvals"],
    });
    expect(contextOf(3, "section", MANUAL)).toMatchObject({
      text: "1.2 Approve.\n1.3 Above 500.",
      headings: ["1 Buying", "Approvals"],
    });
    expect(contextOf(1, "section", MANUAL)).toMatchObject({
      text: "1.1 Order.\n1.2 Approve.\n1.3 Above 500.",
      headings: ["1 Buying"],
    });
    expect(contextOf(4, "section", MANUAL)).toMatchObject({ start: 0, headings: [] });
  });

  it("is bounded, holds the chunk whole, and is the part's text between its ends", () => {
    const words = fc.array(fc.constantFrom("steel", "copper 💡", "x".repeat(700), "no. 7", "wire\n"), {
      minLength: 1,
      maxLength: 400,
    });
    const pieces = fc.array(fc.record({ text: words.map((all) => all.join(" ")), headings: fc.subarray(["A", "B"]) }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(
        pieces,
        fc.nat(8),
        fc.constantFrom("neighbours" as const, "section" as const),
        (made, position, kind) => {
          const { text, chunks, row } = around(made);
          const chunk = chunks[position % chunks.length];
          if (chunk === undefined) return;
          const found = chunkContext(chunk, row, kind);
          expect(found.text).toBe(text.slice(found.start, found.end));
          expect(found.start).toBeLessThanOrEqual(chunk.start);
          expect(found.end).toBeGreaterThanOrEqual(chunk.end);
          expect(found.text.length).toBeLessThanOrEqual(Math.max(CONTEXT_CHARACTERS, chunk.text.length));
          expect(found.text.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
