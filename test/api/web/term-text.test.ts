import { describe, expect, it } from "vitest";
import { termText } from "../../../api/web/source/term-text.ts";

describe("when a source is in force", () => {
  it("is told where it is not so today, the last day included", () => {
    expect(termText(null, "2026-01-31", "2026-02-01")).toBe("expired 2026-01-31");
    expect(termText(null, "2026-01-31", "2026-01-31")).toBeNull();
    expect(termText("2027-01-01", null, "2026-12-31")).toBe("in force from 2027-01-01");
    expect(termText("2027-01-01", "2028-01-01", "2027-01-01")).toBeNull();
    expect(termText(null, null, "2026-12-31")).toBeNull();
  });
});
