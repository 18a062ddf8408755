import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mannWhitney } from "../../../eval/benchmarks/mann-whitney.ts";

describe("the U test", () => {
  it("is what it is by hand, without ties", () => {
    // 1 3 5 7 against 2 4 6 8: 3 beats 2; 5 beats 2 4; 7 beats 2 4 6: U = 6. Expected 8, variance 4*4*9/12 = 12.
    const { u, z, p } = mannWhitney([1, 3, 5, 7], [2, 4, 6, 8]);
    expect(u).toBe(6);
    expect(z).toBeCloseTo(-1.5 / Math.sqrt(12), 12);
    // 2 * (1 - Φ(0.43301)) by a table of the normal distribution.
    expect(p).toBeCloseTo(0.665, 3);
  });

  it("is what it is by hand, with ties", () => {
    // 1 2 2 3 against 2 3 4 4. Ranks: 1; 2 2 2 share 3; 3 3 share 5.5; 4 4 share 7.5. Rank sum 1+3+3+5.5 = 12.5, U = 2.5.
    // Ties of 3, 2 and 2: 24+6+6 = 36. Variance 16/12 * (9 - 36/56) = 11.142857.
    const { u, z } = mannWhitney([1, 2, 2, 3], [2, 3, 4, 4]);
    expect(u).toBe(2.5);
    expect(z).toBeCloseTo(-5 / Math.sqrt(11.142_857_142_857), 9);
  });

  it("knows the usual bounds of the normal distribution", () => {
    // Far apart: U = 0 of 400, expected 200, variance 400*41/12.
    const low = Array.from({ length: 20 }, (_, index) => index);
    const { z, p } = mannWhitney(
      low,
      low.map((value) => value + 100),
    );
    expect(z).toBeCloseTo(-199.5 / Math.sqrt((400 * 41) / 12), 9);
    expect(p).toBeLessThan(1e-7);
    expect(p).toBeGreaterThan(0);
  });

  it("finds no difference where there is none, or nothing to compare", () => {
    expect(mannWhitney([5, 5, 5], [5, 5, 5])).toEqual({ u: 4.5, z: 0, p: 1 });
    expect(mannWhitney([], [1, 2])).toMatchObject({ p: 1 });
    expect(mannWhitney([1, 4], [2, 3]).p).toBeCloseTo(1, 6);
  });

  it("does not depend on the order of the values nor on which sample comes first", () => {
    const sample = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const result = mannWhitney(first, second);
        const swapped = mannWhitney(second.toReversed(), first.toReversed());
        expect(result.u + swapped.u).toBeCloseTo(first.length * second.length, 9);
        expect(result.p).toBeCloseTo(swapped.p, 9);
        expect(result.p).toBeGreaterThanOrEqual(0);
        expect(result.p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("calls equal distributions different about as often as its p says", () => {
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const sample = () => Array.from({ length: 60 }, random);
    const rejected = Array.from({ length: 600 }, () => mannWhitney(sample(), sample()).p).filter((p) => p < 0.05);
    expect(rejected.length).toBeGreaterThan(12);
    expect(rejected.length).toBeLessThan(54);
  });
});
