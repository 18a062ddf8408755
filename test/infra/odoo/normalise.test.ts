import { describe, expect, it } from "vitest";
import { mirrorRecord, mirrorValue } from "../../../infra/odoo/normalise.ts";
import type { FieldType } from "../../../permissions/policy-snapshot.ts";

const of = (type: FieldType) => ({ type, label: "" });

describe("a value as rules see it", () => {
  it("is null where Odoo says false for unset, and false only in a boolean", () => {
    expect(mirrorValue(false, of("boolean"))).toBe(false);
    for (const type of ["char", "text", "date", "datetime", "selection", "many2one", "html"] as const) {
      expect(mirrorValue(false, of(type))).toBeNull();
    }
  });

  it("is the id of a many2one and the ids of a to-many", () => {
    expect(mirrorValue([7, "Seven"], of("many2one"))).toBe(7);
    expect(mirrorValue([3, 1], of("many2many"))).toEqual([3, 1]);
    expect(mirrorValue([], of("one2many"))).toEqual([]);
  });

  it("keeps zero, which is no unset number", () => {
    expect(mirrorValue(0, of("integer"))).toBe(0);
    expect(mirrorValue(0, of("monetary"))).toBe(0);
  });

  it("is null for what rules cannot compare", () => {
    expect(mirrorValue({ a: 1 }, of("json"))).toBeNull();
    expect(mirrorValue(undefined, of("char"))).toBeNull();
  });

  it("leaves out fields that nobody described", () => {
    const record = { id: 4, name: "Ada", secret: "x" };
    expect(mirrorRecord(record, { name: of("char") })).toEqual({ id: 4, name: "Ada" });
  });
});
