import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDomain } from "../../../permissions/odoo/parse-domain.ts";
import type { Domain, DomainValue } from "../../../permissions/odoo/domain.ts";
import { PermissionError } from "../../../permissions/permission-error.ts";

/** The tree in short: `["&", left, right]`, `[path, operator, value]`, true, false. */
function short(domain: Domain): unknown {
  switch (domain.kind) {
    case "constant":
      return domain.value;
    case "not":
      return ["!", short(domain.operand)];
    case "condition":
      return [
        domain.path.join("."),
        domain.operator,
        "domain" in domain ? short(domain.domain) : shortValue(domain.value),
      ];
    default:
      return [domain.kind === "and" ? "&" : "|", short(domain.operands[0]), short(domain.operands[1])];
  }
}

function shortValue(value: DomainValue): unknown {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "list":
      return value.items.map(shortValue);
    case "sum":
      return { left: shortValue(value.left), right: shortValue(value.right) };
    default:
      return [value.name, ...value.steps.map((step) => (step.kind === "mapped" ? `${step.name}()` : step.name))].join(
        ".",
      );
  }
}

const parsed = (text: string) => short(parseDomain(text));

function refusal(text: string): PermissionError {
  try {
    parseDomain(text);
  } catch (error) {
    if (error instanceof PermissionError) return error;
    throw error;
  }
  throw new PermissionError("domain-syntax", `not refused: ${text}`);
}

describe("parseDomain", () => {
  it("reads an empty text and an empty list as a rule that lets everything through", () => {
    expect(parsed("")).toBe(true);
    expect(parsed(" \n # only a remark\n")).toBe(true);
    expect(parsed("[]")).toBe(true);
  });

  it("joins conditions that stand side by side with an implied and", () => {
    expect(parsed("[('a', '=', 1), ('b', '=', 2), ('c', '=', 3)]")).toEqual([
      "&",
      ["&", ["a", "=", 1], ["b", "=", 2]],
      ["c", "=", 3],
    ]);
  });

  it("gives prefix operators the operands to their right", () => {
    expect(parsed("['|', '&', ('a','=',1), ('b','=',2), '!', ('c','=',3), ('d','=',4)]")).toEqual([
      "&",
      ["|", ["&", ["a", "=", 1], ["b", "=", 2]], ["!", ["c", "=", 3]]],
      ["d", "=", 4],
    ]);
  });

  it("takes lists for tuples, trailing commas, remarks and line breaks", () => {
    expect(parsed("[\n  ['a', 'in', (1, 2,)], # the first\n  ('b', '=', (3)),\n]")).toEqual([
      "&",
      ["a", "in", [1, 2]],
      ["b", "=", 3],
    ]);
    expect(parsed("[('a', 'in', (1,))]")).toEqual(["a", "in", [1]]);
    expect(parsed("[('a', 'in', ())]")).toEqual(["a", "in", []]);
  });

  it("reads Python's strings: prefixes, escapes, three quotes and neighbours", () => {
    expect(parsed(String.raw`[('a', '=', 'it\'s\t\x41\u00e9\q')]`)).toEqual(["a", "=", "it's\tA\u00e9\\q"]);
    expect(parsed(String.raw`[(u"a", '=', r'\n')]`)).toEqual(["a", "=", "\\n"]);
    expect(parsed(`[('a', '=', """two\nlines""" 'x')]`)).toEqual(["a", "=", "two\nlinesx"]);
  });

  it("reads numbers, None and negative numbers", () => {
    expect(parsed("[('a', 'in', [-1, 2.5, 1_000, 1e3, None, True, False])]")).toEqual([
      "a",
      "in",
      [-1, 2.5, 1000, 1000, null, true, false],
    ]);
  });

  it("keeps expressions over the three names for later", () => {
    expect(parsed("[('a', 'in', company_ids + [False])]")).toEqual([
      "a",
      "in",
      { left: "company_ids", right: [false] },
    ]);
    expect(parsed("[('a', 'in', user.env.companies.mapped('country_id').ids)]")).toEqual([
      "a",
      "in",
      "user.env.companies.country_id().ids",
    ]);
  });

  it("takes the website of a call for none, and refuses what is more than an id of it", () => {
    expect(parsed("[('company_id', 'in', [False, website.company_id.id])]")).toEqual([
      "company_id",
      "in",
      [false, false],
    ]);
    expect(parsed("[('website_id', 'in', website.ids + [False])]")).toEqual([
      "website_id",
      "in",
      { left: [], right: [false] },
    ]);
    for (const value of [
      "website",
      "website.name",
      "website.name.id",
      "website.get_current_website().id",
      "website[0].id",
    ]) {
      expect(() => parseDomain(`[('website_id', '=', ${value})]`), value).toThrow(PermissionError);
    }
  });

  it("reads the one comprehension that means the ids of records", () => {
    expect(parsed("[('a', 'in', [g.id for g in user.group_ids])]")).toEqual(["a", "in", "user.group_ids.id()"]);
    expect(parsed("[('a', 'in', [c.id for c in user.env.companies] + [False])]")).toEqual([
      "a",
      "in",
      { left: "user.env.companies.id()", right: [false] },
    ]);
  });

  it("reads the domain inside any and not any", () => {
    expect(parsed("[('line_ids', 'not any', ['|', ('a', '=', 1), ('b', '=', 2)])]")).toEqual([
      "line_ids",
      "not any",
      ["|", ["a", "=", 1], ["b", "=", 2]],
    ]);
  });

  it("knows Odoo's two constant conditions and no third", () => {
    expect(parsed("[(1, '=', 1)]")).toBe(true);
    expect(parsed("[(0, '=', 1)]")).toBe(false);
    expect(refusal("[(1, '=', 0)]").code).toBe("domain-unsupported");
  });

  it.each([
    "[('id', 'in', [u.name for u in user.employee_ids])]",
    "[('id', 'in', [u.id for v in user.employee_ids])]",
    "[('id', 'in', [u.id for u in user.employee_ids if u.active])]",
    "[('id', 'in', [u.id for u in [1, 2]])]",
    "[('id', 'in', [u.id for u in user.employee_ids for v in user.group_ids])]",
    "[('a', '=', 1)] if user.has_group('x') else []",
    "[('a', '=', uid)]",
    "[('a', '=', time.strftime('%Y'))]",
    "[('a', '=', user.has_group('x'))]",
    "[('a', '=', user.employee_ids[0])]",
    "[('a', '=', f'{user.id}')]",
    "[('a', '=', __import__('os'))]",
    "[('a', '=', user.mapped(lambda r: r.id))]",
    "[('a', '=', {'b': 1})]",
    "[('a', '=', 2 * 3)]",
    "[('a', 'matches', 'b')]",
    "[('a b', '=', 1)]",
    "user.domain",
    "['^', ('a', '=', 1)]",
  ])("refuses as unsupported, with a position: %s", (text) => {
    const error = refusal(text);
    expect(error.code).toBe("domain-unsupported");
    expect(error.position).toBeTypeOf("number");
  });

  it.each([
    "[",
    "[('a', '=', 1)",
    "[('a', '=')]",
    "['|', ('a', '=', 1)]",
    "[('a', '=', 'open)]",
    "[('a',, 1)]",
    "[] []",
    "$",
  ])("refuses as bad syntax: %s", (text) => {
    expect(refusal(text).code).toBe("domain-syntax");
  });

  it("refuses texts beyond its bounds instead of exhausting the stack", () => {
    expect(refusal("[".repeat(10_000)).code).toBe("domain-unsupported");
    expect(refusal(`[${"'!',".repeat(10_000)}('a','=',1)]`).code).toBe("domain-unsupported");
    expect(refusal(`[${"('a','=',1),".repeat(3_000)}]`).code).toBe("domain-unsupported");
    expect(refusal(" ".repeat(60_000)).code).toBe("domain-unsupported");
  });

  it("throws nothing but PermissionError, whatever the text", () => {
    const scraps = fc.constantFrom(
      ..."[ ] ( ) , . + - ' \" # \\ | & ! = user company_ids ids mapped ( 'a' 'in' 'any' 1 0 True None \n r' u\" 1e \"\"\" lambda".split(
        " ",
      ),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(scraps, { maxLength: 40 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseDomain(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PermissionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
