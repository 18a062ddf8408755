import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reorderWithin } from "../../retrieval/reorder-within.ts";

const ranked = fc
  .array(fc.record({ score: fc.double({ noNaN: true, min: 0, max: 1 }), isMember: fc.boolean(), fitness: fc.nat(5) }), {
    maxLength: 12,
  })
  .map((items) => items.map((item, at) => ({ ...item, name: `n${at}` })).sort((a, b) => b.score - a.score));

describe("ordering some of a ranking anew", () => {
  it("deals the members' scores out again by fitness and leaves everything else as it was", () => {
    fc.assert(
      fc.property(ranked, (before) => {
        const after = reorderWithin(
          before,
          ({ isMember }) => isMember,
          ({ fitness }) => fitness,
        );
        expect(after.map(({ score }) => score)).toEqual(before.map(({ score }) => score));
        expect(after.map(({ name }) => name).toSorted()).toEqual(before.map(({ name }) => name).toSorted());
        for (const { name, score, isMember } of after) {
          if (!isMember) expect(before.find((item) => item.name === name)?.score).toBe(score);
        }
        const members = after.filter(({ isMember }) => isMember);
        for (const [at, member] of members.entries()) {
          for (const later of members.slice(at + 1)) {
            expect(member.score === later.score || member.fitness >= later.fitness).toBe(true);
          }
        }
      }),
    );
  });

  it("keeps the order of members that fit alike", () => {
    const items = ["a", "b", "c"].map((name, at) => ({ name, score: 1 - at / 10 }));
    const after = reorderWithin(
      items,
      () => true,
      () => 0,
    );
    expect(after).toEqual(items);
  });
});
