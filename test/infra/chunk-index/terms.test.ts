import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { questionTerms, termIds, terms, weightedTermIds } from "../../../infra/chunk-index/terms.ts";

describe("the terms of a text", () => {
  it.each([
    ["orders, ORDERED and ordering", ["order", "order", "order"]],
    ["The supplier’s and the suppliers' price", ["supplier", "supplier", "price"]],
    ["VOL-CB-10", ["vol-cb-10", "vol", "cb", "10"]],
    ["SA‑2025‑014", ["sa-2025-014", "sa", "2025", "014"]],
    ["order P00012.", ["order", "p00012"]],
    ["§4.2, 4.5", ["4.2", "4.5"]],
    ["e-mail", ["email", "e", "mail"]],
    ["gloves,helmets", ["glove", "helmet"]],
    ["Málaga Lindström", ["malaga", "lindstrom"]],
    ["what is it?", []],
    ["", []],
    ["constructor __proto__ toString", ["constructor", "proto", "tostr"]],
  ])("of %j are %j", (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it.each(["18,400.00", "18400", "18400.00", "18.400,00"])("hold the amount %s as one number", (amount) => {
    expect(terms(`USD ${amount}`)).toEqual(["usd", "18400"]);
  });

  it("keep cents and tell 1,234.50 from 1,234", () => {
    expect(terms("1,234.50")).toEqual(["1234.50"]);
    expect(terms("1,234")).toEqual(["1234"]);
  });

  it("are the same however the text is cased, and as many as their ids", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const found = terms(text);
        expect(found.every((term) => term.length > 0 && term === term.toLowerCase())).toBe(true);
        const ids = termIds(text);
        expect(ids.slice(0, found.length)).toHaveLength(found.length);
        expect(ids.every((id) => Number.isInteger(id) && id === (id | 0))).toBe(true);
      }),
    );
  });

  it("of any identifier include it whole and each of its parts", () => {
    const part = fc.stringMatching(/^[A-Z]{1,4}[0-9]{1,5}$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 4 }),
        fc.constantFrom("-", "/", "_", "."),
        (parts, mark) => {
          const found = terms(`see ${parts.join(mark)}, please`);
          expect(found).toContain(parts.join(mark).toLowerCase());
          for (const each of parts) expect(found).toContain(each.toLowerCase());
        },
      ),
    );
  });

  it.each([
    ["HarbourlineSupplyInc", "harbourline supply inc"],
    ["saleOrder", "sale order"],
    ["PDFParserModule", "parser module"],
  ])("find the compound %s by its parts too, while a question keeps it whole", (compound, parts) => {
    expect(termIds(compound)).toEqual(expect.arrayContaining(termIds(parts)));
    expect(termIds(compound)).toEqual(expect.arrayContaining(termIds(compound.toLowerCase())));
    expect(questionTerms(compound).map(({ term }) => term)).toEqual([...new Set(terms(compound))]);
  });

  it("of a question weigh more when repeated, up to double, and add up with those beside it", () => {
    expect(questionTerms("copper wire, copper pipe and copper")).toEqual([
      { term: "copper", weight: 1.5 },
      { term: "wire", weight: 1 },
      { term: "pipe", weight: 1 },
    ]);
    const weighted = weightedTermIds([...questionTerms("copper"), { term: "copper", weight: 0.25 }]);
    expect(weighted).toEqual([{ id: termIds("copper")[0], weight: 1.25 }]);
  });

  it("take a long run without spaces in stride", () => {
    expect(terms("a".repeat(200_000))).toEqual([]);
    expect(terms("ab-".repeat(70_000)).length).toBeGreaterThan(0);
  });

  it("keep their ids for ever, because they are stored", () => {
    expect(termIds("order P00012")).toEqual([IDS_OF_RELEASE_1.order, IDS_OF_RELEASE_1.p00012]);
  });
});

const IDS_OF_RELEASE_1 = { order: -571_551_128, p00012: 1_093_390_442 };
