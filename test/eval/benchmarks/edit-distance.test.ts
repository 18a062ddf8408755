import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance } from "../../../eval/benchmarks/edit-distance.ts";

/** By the table, a row at a time. */
function slowly(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let line = 1; line <= left.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (left[line - 1] === right[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["a".repeat(100), "b".repeat(64), 100],
  ])("of %j and %j is %i", (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });

  it("agrees with the table", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 150 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(editDistance(left, right)).toBe(slowly(left, right));
      }),
    );
  });
});
