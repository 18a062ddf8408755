import { describe, expect, it } from "vitest";
import { compareRecords } from "../../../eval/parity/compare-records.ts";

const ids = (...members: readonly number[]) => new Set(members);

describe("what we admit beside what Odoo shows", () => {
  it("differs in nothing when both gates say what Odoo says", () => {
    expect(compareRecords(ids(1, 2), ids(2, 1), ids(1, 2))).toEqual({ over: [], under: [] });
  });

  it("is over-exposed as soon as one gate admits what Odoo does not show", () => {
    expect(compareRecords(ids(1), ids(1, 10), ids(1, 9))).toEqual({ over: [9, 10], under: [] });
  });

  it("is under-exposed as soon as one gate refuses what Odoo shows", () => {
    expect(compareRecords(ids(1, 2, 3), ids(1, 2), ids(1, 3))).toEqual({ over: [], under: [2, 3] });
  });

  it("counts everything admitted of a model that Odoo refuses", () => {
    expect(compareRecords(null, ids(4), ids(4))).toEqual({ over: [4], under: [] });
  });
});
