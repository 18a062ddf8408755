import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, packSigns } from "../../../infra/models/token-bits.ts";
import { greatestProduct, signTable } from "../../../retrieval/late-interaction.ts";

const value = fc.float({ noNaN: true, min: -1, max: 1 });

describe("the signs of token vectors", () => {
  it("take a bit a number, and the product with them is that with the signs themselves", () => {
    const sizes = fc.record({ dimensions: fc.integer({ min: 1, max: 40 }), tokens: fc.integer({ min: 1, max: 5 }) });
    const vectors = sizes.chain(({ dimensions, tokens }) =>
      fc.record({
        asked: fc.array(value, { minLength: dimensions, maxLength: dimensions }),
        held: fc.array(fc.array(value, { minLength: dimensions, maxLength: dimensions }), {
          minLength: tokens,
          maxLength: tokens,
        }),
      }),
    );
    fc.assert(
      fc.property(vectors, ({ asked, held }) => {
        const bits = packSigns(Float32Array.from(held.flat()), asked.length);
        expect(bits).toHaveLength(held.length * bytesOf(asked.length));
        const products = held.map((token) =>
          token.reduce((sum, number, at) => sum + (number > 0 ? 1 : -1) * (asked[at] ?? 0), 0),
        );
        const greatest = greatestProduct(signTable(Float32Array.from(asked)), bits, bytesOf(asked.length));
        expect(greatest).toBeCloseTo(Math.max(...products), 3);
      }),
    );
  });

  it("of no token are no bytes", () => {
    expect(packSigns(new Float32Array(), 384)).toHaveLength(0);
  });
});
