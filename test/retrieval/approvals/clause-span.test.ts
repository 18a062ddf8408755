import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReadablePart } from "../../../infra/db/port.ts";
import { clauseSpan } from "../../../retrieval/approvals/clause-span.ts";
import { RECHECKED } from "../../support/recheck.ts";

function policy(text: string, pages: readonly number[] = []): ReadablePart {
  const head = {
    documentId: "d",
    source: "s",
    key: "k",
    kind: "policy",
    title: "Policy",
    model: "file",
    recordId: null,
  };
  const size = Math.ceil(text.length / Math.max(1, pages.length));
  const spans = pages.map((page, at) => ({ start: at * size, end: (at + 1) * size, page, headings: [] }));
  return { document: { ...head, url: null, metadata: {} }, part: "main", text, facts: [], spans, recheck: RECHECKED };
}

const quote = (text: string, clause: string) => clauseSpan(policy(text), clause)?.quote ?? null;

describe("the clause of a policy", () => {
  it("is found in whatever shape its number stands", () => {
    const shapes = ["4.1 ", "4.1. ", "4.1) ", "4.1: ", "4.1\t", "- 4.1 ", "* 4.1 ", "**4.1** ", "### 4.1 ", "  4.1 "];
    const named = ["§ 4.1 ", "§4.1 ", "Clause 4.1 ", "SECTION 4.1: ", "(4.1) ", "• 4.1 ", "> 4.1 "];
    for (const lead of [...shapes, ...named]) {
      const text = `4 Limits\n\n${lead}Orders up to 5,000 USD.\n\n4.2 Others.`;
      expect(quote(text, "4.1"), lead).toMatch(/^4\.1\W*Orders up to 5,000 USD\.$/);
    }
  });

  it("is never another whose number begins alike or holds it", () => {
    for (const other of ["4.10", "4.1.2", "4.11", "14.1", "4.1.2.3", "2.4.1", "4.1a", "4.12."]) {
      expect(quote(`${other} Another rule.\n\nText on 4.1 in a line.`, "4.1"), other).toBeNull();
      expect(quote(`${other} Another rule.\n\n4.1 The rule.`, "4.1"), other).toBe("4.1 The rule.");
    }
    expect(quote("4X1 No rule.", "4.1")).toBeNull();
    expect(quote("4.1 The rule.", "4")).toBeNull();
  });

  it("holds its wrapped lines and sub-items, and ends before the next clause, list item or blank line", () => {
    const text = "4.1 Orders up to\n5,000 USD are the\nbuyer's.\n(a) with a quote\n4.2 Others.";
    expect(quote(text, "4.1")).toMatch(/^4\.1 Orders up to/);
    expect(quote(text, "4.1")).not.toContain("Others");
    expect(quote("4.1 First.\nSecond line.\n\nNo part of it.", "4.1")).toBe("4.1 First.\nSecond line.");
    expect(quote("4.1 First.\n- item", "4.1")).toBe("4.1 First.");
    expect(quote("4.1 First.\n**4.2** Next", "4.1")).toBe("4.1 First.");
  });

  it("goes on under its title", () => {
    expect(quote("4.1 Small orders\n\nUp to 5,000 USD the buyer decides.\n\nMore.", "4.1")).toBe(
      "4.1 Small orders\n\nUp to 5,000 USD the buyer decides.",
    );
    expect(quote("4.1 Small orders\n\n4.2 Large orders\n\nText.", "4.1")).toBe("4.1 Small orders");
  });

  it("is neither its row in a table of contents nor a line that merely refers to it", () => {
    const text =
      "4.1 Small orders ........ 3\n4.2 Large orders ........ 4\n\nSee clause\n4.1 and others.\n\n4.1 Orders up to 5,000 USD.";
    expect(quote(text, "4.1")).toBe("4.1 Orders up to 5,000 USD.");
    expect(quote("4.1 orders in lower case.", "4.1")).toBe("4.1 orders in lower case.");
  });

  it("has its page, and a long one is cited by its beginning", () => {
    const text = `${"x ".repeat(200)}\n4.1 ${"Long rule. ".repeat(100)}`;
    const span = clauseSpan(policy(text, [1, 2, 3, 4]), "4.1");
    expect(span?.page).toBe(2);
    expect(span?.quote.length).toBeLessThanOrEqual(600);
    expect(text.slice(span?.start, span?.end)).toBe(span?.quote);
  });

  it("is null, not an error, for a clause that no text has, whatever is written as its number", () => {
    for (const odd of ["4.1(", "[", "*", "", " ", "\\", "4.1|5.1", "(?:)", "^", "$&", "4+1"]) {
      expect(quote("4.1 Rule.\n5.1 Rule.", odd), odd).toBeNull();
    }
  });

  it("is always an exact slice that begins with the number", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "4.1 Rule one.",
        "- 4.1 Rule",
        "4.10 Ten.",
        "§ 4.1 Rule",
        "text",
        "",
        "**4.1** Bold",
        "4.1.1 Sub",
        "4.1 Title",
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const text = lines.join("\n");
        const span = clauseSpan(policy(text), "4.1");
        if (span === null) return;
        expect(text.slice(span.start, span.end)).toBe(span.quote);
        expect(span.quote).toMatch(/^4\.1(?!\.?\d)/);
      }),
    );
  });
});
