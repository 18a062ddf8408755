import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentences } from "../../retrieval/sentences.ts";

const texts = (text: string) => sentences(text).map((sentence) => sentence.text);

const piece = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom(
    "4.2 Orders above 5,000 USD need approval.",
    "- a list item\n",
    "No. 7 ",
    "\n\n",
    "\n",
    ". ",
    "1. 2. 3. ",
    "Total: 5\n",
    "| a | b |\n",
    "\t ",
    "e.g. this",
    "😀",
    "x".repeat(2100),
    "(b) ",
    "  ",
    "wrapped line that goes on and\non",
    "\r\n",
  ),
);
const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));

describe("the sentences of a text", () => {
  it("are its exact slices: trimmed, never empty, in order, apart, and together all that is not white space", () => {
    fc.assert(
      fc.property(text, (source) => {
        let position = 0;
        for (const { start, end, text: sentence } of sentences(source)) {
          expect(source.slice(start, end)).toBe(sentence);
          expect(sentence).toBe(sentence.trim());
          expect(sentence).not.toBe("");
          expect(source.slice(position, start).trim()).toBe("");
          position = end;
        }
        expect(source.slice(position).trim()).toBe("");
      }),
    );
  });

  it("split no surrogate pair, however long a run is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 990, max: 2010 }), (lead, count) => {
        for (const { text: sentence } of sentences("x".repeat(lead) + "😀".repeat(count))) {
          expect(sentence.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it("end at full stops, not at abbreviations of clause numbers or amounts", () => {
    expect(texts("Pay within 45 days. Late payment costs 1.5 % a week. See No. 7 below.")).toEqual([
      "Pay within 45 days.",
      "Late payment costs 1.5 % a week.",
      "See No. 7 below.",
    ]);
    expect(texts("4.2 Orders above 5,000 USD need a manager.\n4.3 Orders above 25,000 USD need two.")).toEqual([
      "4.2 Orders above 5,000 USD need a manager.",
      "4.3 Orders above 25,000 USD need two.",
    ]);
  });

  it("join lines that merely wrap, and keep lines apart that stand for themselves", () => {
    expect(texts("The supplier gives notice of every price\nchange in writing.")).toEqual([
      "The supplier gives notice of every price\nchange in writing.",
    ]);
    expect(texts("Vendor: Voltaris\nTotal: 18,400.00 USD\nStatus: To Approve")).toEqual([
      "Vendor: Voltaris",
      "Total: 18,400.00 USD",
      "Status: To Approve",
    ]);
    expect(texts("- gloves\n- helmets\n* boots")).toEqual(["- gloves", "- helmets", "* boots"]);
    expect(texts("Heading\n\nA paragraph under it.")).toEqual(["Heading", "A paragraph under it."]);
  });

  it("are nothing in nothing", () => {
    for (const empty of ["", " ", "\n\n\n", "\t\r\n"]) expect(sentences(empty)).toEqual([]);
  });

  it("are found in megabytes without a break as well, for no stretch given to the segmenter is long", () => {
    for (const unit of ["a", "a. ", "1. ", " ", ".", "(", "😀", "word ", "a\n", ". x"]) {
      const source = unit.repeat(1_000_000 / unit.length);
      const longest = Math.max(0, ...sentences(source).map((sentence) => sentence.text.length));
      expect(longest, unit).toBeLessThanOrEqual(2100);
    }
  });
});
