import { describe, expect, it } from "vitest";
import type { ReadablePart } from "../../../infra/db/port.ts";
import type { ClauseCheck } from "../../../infra/document.ts";
import { checkClauses } from "../../../retrieval/approvals/check-clauses.ts";
import { OrderFacts } from "../../../retrieval/approvals/order-facts.ts";
import { recommend } from "../../../retrieval/approvals/recommend.ts";
import { CitationList } from "../../../retrieval/citation.ts";
import { RECHECKED } from "../../support/recheck.ts";

const TEXT = "4.1 Orders above 5,000 USD need **a manager**.\n\n4.2 Late suppliers need a note.";

function policy(...checks: readonly Partial<ClauseCheck>[]): ReadablePart {
  const whole = checks.map((check) => ({
    clause: "4.1",
    appliesTo: "purchase.order",
    when: "true",
    holds: "true",
    needs: [],
    ...check,
  }));
  const metadata = { reference: "FIN-1", version: "3", checks: whole };
  const head = {
    documentId: "d",
    source: "s",
    key: "k",
    kind: "policy",
    title: "Policy",
    model: "file",
    recordId: null,
  };
  return {
    document: { ...head, url: null, metadata },
    part: "main",
    text: TEXT,
    facts: [],
    spans: [],
    recheck: RECHECKED,
  };
}

function facts(values: Readonly<Record<string, boolean | number | string | readonly string[]>>): OrderFacts {
  const known = new OrderFacts();
  for (const [path, value] of Object.entries(values)) known.state(path, value, `${path} is ${String(value)}`, []);
  return known;
}

const check = (one: Partial<ClauseCheck>, known: OrderFacts = facts({})) =>
  checkClauses(policy(one), "purchase.order", known, new CitationList());
const outcome = (...parameters: Parameters<typeof check>) => check(...parameters)[0]?.outcome;

describe("a clause's check", () => {
  const clause = {
    when: "order.total > 5000.0",
    holds: 'approver.groups.exists(g, g == "manager")',
    needs: ["order.total", "approver.groups"],
  };

  it("holds, fails, does not apply or cannot be told", () => {
    expect(outcome(clause, facts({ "order.total": 9000, "approver.groups": ["user", "manager"] }))).toBe("holds");
    expect(outcome(clause, facts({ "order.total": 9000, "approver.groups": ["user"] }))).toBe("fails");
    expect(outcome(clause, facts({ "order.total": 5000, "approver.groups": [] }))).toBe("does-not-apply");
    expect(outcome(clause, facts({ "approver.groups": ["manager"] }))).toBe("cannot-tell");
  });

  it("does not apply without the facts that only its condition needs", () => {
    expect(outcome(clause, facts({ "order.total": 10 }))).toBe("does-not-apply");
  });

  it("cannot be told when a fact that it needs is unknown, though its condition could be evaluated without", () => {
    expect(outcome({ holds: "true", needs: ["stock.lowest_cover_days"] })).toBe("cannot-tell");
  });

  it("cannot be told when it is faulty, and never holds by accident", () => {
    for (const faulty of [
      "",
      "(",
      "order.",
      "1",
      '"yes"',
      "order",
      "[true]",
      "nonsense.path",
      "1 / 0 > 0",
      "true +",
      "null",
    ]) {
      expect(outcome({ holds: faulty }), faulty).toBe("cannot-tell");
      expect(outcome({ when: faulty }), faulty).toBe("cannot-tell");
    }
  });

  it("sees facts alone, nothing of the program", () => {
    for (const reach of [
      "order.constructor == order",
      "constructor == constructor",
      "process.env != ''",
      "order.__proto__ == order",
    ]) {
      expect(outcome({ holds: reach }, facts({ "order.total": 1 })), reach).toBe("cannot-tell");
    }
  });

  it("cannot be told when the policy's text does not hold the clause", () => {
    const [finding] = check({ clause: "9.9" });
    expect(finding).toMatchObject({
      outcome: "cannot-tell",
      text: "Clause 9.9 was not found in the policy's text.",
      citations: [],
    });
  });

  it("is left out for records of another model", () => {
    expect(check({ appliesTo: "sale.order" })).toEqual([]);
  });

  it("says the clause in its own words with the figures that decided it, and cites it", () => {
    const citations = new CitationList();
    const [finding] = checkClauses(
      policy(clause),
      "purchase.order",
      facts({ "order.total": 10, "approver.groups": [] }),
      citations,
    );
    expect(finding).toMatchObject({ policy: "FIN-1 v3", clause: "4.1", citations: [1] });
    expect(finding?.text).toMatch(/^Orders above 5,000 USD need a manager\. Found: order\.total is 10;/);
    expect(citations.all()[0]?.quote).toBe("4.1 Orders above 5,000 USD need **a manager**.");
  });
});

const judge = (...outcomes: readonly ("holds" | "fails" | "does-not-apply" | "cannot-tell")[]) =>
  recommend(
    outcomes.map((one, at) => ({
      policy: "FIN-1",
      clause: `4.${at + 1}`,
      outcome: one,
      text: "",
      citations: [at + 1],
    })),
    facts({}),
  );

describe("the recommendation", () => {
  it("speaks against approval when a clause fails, whatever else holds or is unknown", () => {
    const judged = judge("holds", "fails", "cannot-tell", "fails");
    expect(judged.recommendation).toBe("speaks-against-approval");
    expect(judged.summary.text).toMatch(/^Clauses 4\.2 and 4\.4 do not hold\. Clause 4\.3 cannot be decided/);
    expect(judged.summary.citations).toEqual([2, 4, 3, 1]);
  });

  it("needs information when a clause cannot be told, or when there is none", () => {
    expect(judge("holds", "cannot-tell").recommendation).toBe("needs-information");
    expect(judge()).toMatchObject({ recommendation: "needs-information", confidence: 0 });
  });

  it("supports approval only when every clause that applies holds", () => {
    expect(judge("holds", "does-not-apply").recommendation).toBe("supports-approval");
  });

  it("is the surer the more clauses were decided and the more evidence was found", () => {
    expect(judge("holds", "cannot-tell").confidence).toBeLessThan(judge("holds", "holds").confidence);
    const known = facts({ "order.total": 1, "quotes.count": 2, "agreement.in_force": true });
    const finding = { policy: "FIN-1", clause: "4.1", outcome: "holds" as const, text: "", citations: [1] };
    expect(recommend([finding], known).confidence).toBeGreaterThan(recommend([finding], facts({})).confidence);
    expect(recommend([finding], known).confidence).toBeLessThanOrEqual(1);
  });
});
