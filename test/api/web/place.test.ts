import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPlace, writePlace, type Place } from "../../../api/web/source/place.ts";

describe("place", () => {
  it("reads a deep link and ignores what it does not know", () => {
    const place = { view: "questions", question: "Who approves?", order: null, reader: "bo.buyer" };
    expect(readPlace("#q=Who%20approves?&as=bo.buyer&view=elsewhere&x=1")).toEqual(place);
    expect(readPlace("")).toEqual({ view: "questions", question: "", order: null, reader: null });
  });

  it("reads back every place that it writes", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 80 });
    const place: fc.Arbitrary<Place> = fc.record({
      view: fc.constantFrom("questions", "approvals"),
      question: words.map((text) => text.trim()),
      order: fc.option(words.filter((text) => text !== "")),
      reader: fc.option(words.filter((text) => text !== "")),
    });
    fc.assert(
      fc.property(place, (one) => {
        expect(readPlace(writePlace(one))).toEqual(one);
      }),
    );
  });
});
