import { describe, expect, it } from "vitest";
import { rationaleOf } from "./sample-client.ts";

async function judged(login: string, order: string) {
  const rationale = await rationaleOf(login, order);
  const clauses = Object.fromEntries(rationale.clauses.map(({ clause, outcome }) => [clause, outcome]));
  const finding = (clause: string) => rationale.clauses.find((each) => each.clause === clause)?.text ?? "";
  return { ...rationale, outcomes: clauses, finding };
}

describe("the rationale of a purchase order", () => {
  it("VOL-Q-7781 fails 4.5: a line is 7.5 % above its agreed price, and nothing justifies it", async () => {
    const { outcomes, finding, recommendation, missing, supplier } = await judged("petra.purchasing", "VOL-Q-7781");
    expect(outcomes).toEqual({
      "4.2": "holds",
      "4.3": "does-not-apply",
      "4.4": "does-not-apply",
      "4.5": "fails",
      "4.6": "does-not-apply",
      "4.7": "does-not-apply",
      "4.8": "does-not-apply",
      "4.9": "holds",
    });
    expect(finding("4.5")).toMatch(/VOL-CB-10.*7\.5 % above its agreed price; no justification/);
    expect(supplier.map(({ text }) => text).join("\n")).toMatch(
      /VOL-CB-10.*agreed 84\.00 USD, ordered at 90\.30 USD \(\+7\.5 %\)/,
    );
    expect(recommendation).toBe("speaks-against-approval");
    expect(missing.join(" ")).toMatch(/justification/);
  });

  it("BRL-2026-1120 fails 4.3 for the purchase manager and holds it for the finance director; 4.7 fails for both", async () => {
    const [petra, fiona] = await Promise.all([
      judged("petra.purchasing", "BRL-2026-1120"),
      judged("fiona.finance", "BRL-2026-1120"),
    ]);
    expect([petra.outcomes["4.3"], petra.outcomes["4.7"]]).toEqual(["fails", "fails"]);
    expect([fiona.outcomes["4.3"], fiona.outcomes["4.7"]]).toEqual(["holds", "fails"]);
    expect(petra.finding("4.7")).toMatch(/58\.\d %.*no mitigation note/);
    expect([petra.preparedFor, fiona.preparedFor]).toEqual(["Petra Alvarez", "Fiona Castellanos"]);
  });

  it("KES-44120 holds in all that applies, and 4.8 lets it be handled the same day", async () => {
    const { outcomes, recommendation, finding, missing } = await judged("petra.purchasing", "KES-44120");
    expect(Object.values(outcomes)).not.toContain("fails");
    expect(Object.values(outcomes)).not.toContain("cannot-tell");
    expect(outcomes["4.8"]).toBe("holds");
    expect(finding("4.8")).toMatch(/KES-AN-08/);
    expect([recommendation, missing]).toEqual(["supports-approval", []]);
  });

  it("POL-0917 fails 4.4: the agreement has expired and there is one quote", async () => {
    const { outcomes, finding } = await judged("petra.purchasing", "POL-0917");
    expect(outcomes["4.4"]).toBe("fails");
    expect(finding("4.4")).toMatch(/SA-2023-008 is not in force.*1 written quote/);
  });

  it("NKB-2026-55 is prepared for its own company, where its creator may not approve it", async () => {
    const { outcomes, record } = await judged("lars.nordic", "NKB-2026-55");
    expect(record.model).toBe("purchase.order");
    expect(outcomes["4.9"]).toBe("fails");
  });

  it("is found by name, vendor reference and id alike", async () => {
    const byReference = await rationaleOf("petra.purchasing", "KES-44120");
    const name = /P\d+/.exec(byReference.record.title)?.[0] ?? "";
    expect((await rationaleOf("petra.purchasing", name.toLowerCase())).record).toEqual(byReference.record);
    expect((await rationaleOf("petra.purchasing", String(byReference.record.recordId))).record).toEqual(
      byReference.record,
    );
  });

  it("cites every line", async () => {
    const { summary, facts, clauses, supplier, stock, evidence, citations } = await judged(
      "petra.purchasing",
      "VOL-Q-7781",
    );
    const known = new Set(citations.map(({ number }) => number));
    for (const line of [summary, ...facts, ...clauses, ...supplier, ...stock, ...evidence]) {
      expect(line.citations.length, line.text).toBeGreaterThan(0);
      expect(
        line.citations.every((number) => known.has(number)),
        line.text,
      ).toBe(true);
    }
  });
});
