import { describe, expect, it } from "vitest";
import { ModelTally, exitCode, modelLines, summaryLine } from "../../../eval/parity/parity-report.ts";

function tally(model: string): ModelTally {
  const made = new ModelTally(model);
  made.saw([1, 2]);
  made.saw([2, 3]);
  made.compared(["name", "note"]);
  return made;
}

describe("the report of a parity run", () => {
  it("counts each record and field once, and each difference every time", () => {
    const found = tally("sale.order");
    found.over("records for ada: 1", 1);
    found.under("field note", 1);
    found.under("field note", 1);
    expect(found.result()).toEqual({
      model: "sale.order",
      records: 3,
      fields: 2,
      over: 1,
      under: 2,
      causes: ["2 under-exposed: field note", "1 over-exposed: records for ada: 1"],
    });
  });

  it("gives a model one line, and its causes beneath", () => {
    const found = tally("sale.order");
    found.under("field note", 1);
    const [line, ...causes] = modelLines(found.result());
    expect(line).toMatch(/^sale\.order +3 records +2 fields +0 over-exposed +1 under-exposed$/);
    expect(causes).toEqual(["    1 under-exposed: field note"]);
  });

  it("says how many causes it does not list", () => {
    const found = tally("sale.order");
    for (let id = 0; id < 25; id += 1) found.over(`records for reader ${id}: 1`, 1);
    expect(modelLines(found.result()).at(-1)).toBe("    and 5 causes more");
  });

  it("ends with the sums", () => {
    const [first, second] = [tally("sale.order"), tally("crm.lead")];
    first.over("records for ada: 1", 2);
    second.under("field note", 3);
    expect(summaryLine(4, [first.result(), second.result()])).toBe(
      "parity: 4 users, 2 models, 6 records, 4 fields: 2 over-exposed, 3 under-exposed",
    );
  });
});

describe("the exit code of a parity run", () => {
  it("is 0 only when nothing differs", () => {
    const [equal, over, under] = [tally("a"), tally("b"), tally("c")];
    over.over("x", 1);
    under.under("x", 1);
    expect(exitCode(1, [equal.result()])).toBe(0);
    expect(exitCode(1, [equal.result(), over.result()])).toBe(1);
    expect(exitCode(1, [under.result()])).toBe(1);
  });

  it("is 1 when nothing was compared", () => {
    expect(exitCode(0, [tally("a").result()])).toBe(1);
    expect(exitCode(1, [])).toBe(1);
    expect(exitCode(1, [new ModelTally("a").result()])).toBe(1);
  });
});
