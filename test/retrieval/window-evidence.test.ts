import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heaviestWindow, withWindowEvidence } from "../../retrieval/window-evidence.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const options = { below: 300, length: 4, weight: 0.5 };

describe("the heaviest window of a text", () => {
  it("is the greatest sum over any stretch of the length, each term once", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 14 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 6 }), (held, length) => {
        const weights = new Map([
          ["a", 1],
          ["b", 2],
          ["c", 4],
        ]);
        const sums = held.map((_, from) =>
          [...new Set(held.slice(from, from + length))].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0),
        );
        expect(heaviestWindow(held, weights, length)).toBe(Math.max(0, ...sums));
      }),
    );
  });
});

describe("evidence from words close together", () => {
  it("puts the passage that says them together before one that says them apart", () => {
    const apart = "Wages rise each year. Costs of other kinds were not looked at; later the net margin fell.";
    const together = "Net margin and wages, as shown.";
    const hits = hitsOf([
      file({ key: "apart", text: [apart] }),
      file({ key: "together", text: [together] }),
      file({ key: "neither", text: ["Nothing of the kind."] }),
    ]).map((hit, at) => ({ ...hit, score: [0.9, 0.85, 0.1][at] ?? 0 }));
    const found = withWindowEvidence("net margin wages", hits, options);
    expect(found.map(({ chunk }) => chunk.document.key)).toEqual(["together", "apart", "neither"]);
  });

  it("changes nothing where no hit holds a word of the question", () => {
    const hits = hitsOf([file({ key: "a", text: ["One."] }), file({ key: "b", text: ["Two."] })]);
    expect(withWindowEvidence("three", hits, options)).toBe(hits);
    expect(withWindowEvidence("three", [], options)).toEqual([]);
  });
});
