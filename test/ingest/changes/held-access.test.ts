import { describe, expect, it } from "vitest";
import { heldAccess } from "../../../ingest/changes/held-access.ts";
import type { SourceItem } from "../../../ingest/sources/port.ts";

const item = (key: string, company: number): SourceItem => ({
  key,
  fingerprint: "f",
  access: [{ key: "main", access: { company_id: [company] } }],
  load: () => Promise.resolve({ documents: [], failures: [] }),
});

const companies = (items: readonly SourceItem[], held: readonly string[]) =>
  Object.fromEntries(heldAccess(items, held).map(({ key, parts }) => [key, parts[0]?.access["company_id"]]));

describe("the access that held documents are given", () => {
  it("is the item's, for its own document and for what is attached to it", () => {
    const held = ["ir.attachment/9", "ir.attachment/9#1-quote.pdf", "ir.attachment/91", "sale.order/1"];
    expect(companies([item("ir.attachment/9", 2), item("sale.order/1", 3)], held)).toEqual({
      "ir.attachment/9": [2],
      "ir.attachment/9#1-quote.pdf": [2],
      "sale.order/1": [3],
    });
  });

  it("reaches what is attached while the item's own document is not written yet", () => {
    expect(companies([item("ir.attachment/9", 2)], ["ir.attachment/9#1-quote.pdf"])).toEqual({
      "ir.attachment/9#1-quote.pdf": [2],
    });
  });

  it("is given to nothing that is not held", () => {
    expect(heldAccess([item("ir.attachment/9", 2)], [])).toEqual([]);
  });
});
