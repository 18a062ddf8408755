import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chooseHolders, type Combination, type TermWorth } from "../../../infra/chunk-index/choose-holders.ts";

const TERMS = 6;
const term: fc.Arbitrary<TermWorth> = fc.record({
  worth: fc.double({ min: 0.01, max: 10, noNaN: true }),
  holding: fc.integer({ min: 0, max: 100_000 }),
});
const terms = fc.array(term, { minLength: TERMS, maxLength: TERMS });
const combination: fc.Arbitrary<Combination> = fc.record({
  terms: fc.subarray([...Array(TERMS).keys()], { minLength: 1 }),
  chunks: fc.integer({ min: 1, max: 5_000 }),
});
const combinations = fc.uniqueArray(combination, { maxLength: 20, selector: ({ terms: held }) => held.join(" ") });

const holds = (held: readonly number[], group: readonly number[]) => group.every((each) => held.includes(each));

describe("which chunks are worth scoring", () => {
  it("are all that hold a term while they are few enough", () => {
    fc.assert(
      fc.property(terms, combinations, (asked, held) => {
        const budget = held.reduce((sum, { chunks }) => sum + chunks, 0);
        expect(chooseHolders(asked, held, { rate: 16, budget })).toEqual(
          asked.map((_, each) => ({ terms: [each], isSampled: false })),
        );
      }),
    );
  });

  it("are no more than the budget, as far as the sample tells, but for one group of the sample", () => {
    fc.assert(
      fc.property(terms, combinations, fc.integer({ min: 1, max: 20_000 }), (asked, held, budget) => {
        const chosen = chooseHolders(asked, held, { rate: 16, budget });
        const scored = held.map(({ terms: together, chunks }) => {
          const found = chosen.filter((group) => holds(together, group.terms));
          if (found.length === 0) return 0;
          return found.some(({ isSampled }) => !isSampled) ? chunks : chunks / 16;
        });
        const sample = held.reduce((sum, { chunks }) => sum + chunks / 16, 0);
        const beyond = chosen.some(({ isSampled }) => isSampled) ? sample : 0;
        expect(scored.reduce((sum, chunks) => sum + chunks, 0)).toBeLessThanOrEqual(budget + beyond + 1e-6);
      }),
    );
  });

  it("are those of the best combination first, at least in the sample", () => {
    fc.assert(
      fc.property(terms, combinations, (asked, held) => {
        fc.pre(held.length > 0);
        const worth = ({ terms: together }: Combination) =>
          together.reduce((sum, each) => sum + (asked[each]?.worth ?? 0), 0);
        const best = Math.max(...held.map(worth));
        const chosen = chooseHolders(asked, held, { rate: 16, budget: 5_000 });
        const found = held.filter(({ terms: together }) => chosen.some((group) => holds(together, group.terms)));
        expect(found.some((each) => worth(each) === best)).toBe(true);
      }),
    );
  });

  it("are all that hold a term which the sample saw nowhere", () => {
    const asked = [
      { worth: 2, holding: 50_000 },
      { worth: 9, holding: 7 },
    ];
    const held = [{ terms: [0], chunks: 50_000 }];
    expect(chooseHolders(asked, held, { rate: 16, budget: 6_000 })).toEqual([
      { terms: [1], isSampled: false },
      { terms: [0], isSampled: true },
    ]);
  });

  it("hold a rare term alone, common ones together, or lie in the sample", () => {
    const asked = [
      { worth: 2, holding: 50_000 },
      { worth: 2.5, holding: 40_000 },
      { worth: 6, holding: 320 },
    ];
    const held = [
      { terms: [0], chunks: 48_000 },
      { terms: [1], chunks: 38_000 },
      { terms: [0, 1], chunks: 1_920 },
      { terms: [0, 1, 2], chunks: 80 },
      { terms: [2], chunks: 240 },
    ];
    expect(chooseHolders(asked, held, { rate: 16, budget: 6_000 })).toEqual([
      { terms: [2], isSampled: false },
      { terms: [1, 0], isSampled: false },
      { terms: [1], isSampled: true },
      { terms: [0], isSampled: true },
    ]);
  });
});
