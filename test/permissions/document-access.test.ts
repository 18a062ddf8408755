import { describe, expect, it } from "vitest";
import { documentAttributes, planDocuments } from "../../permissions/document-access.ts";
import { evaluateExpression } from "../../permissions/evaluate-access.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { isIsoDay, utcDay } from "../../permissions/utc-day.ts";
import { inventedPolicy } from "./invented-policy.ts";

const policy = inventedPolicy();

function mayRead(login: string, statement: unknown, companyIds?: readonly number[], at = "2026-11-20T12:00Z"): boolean {
  const principal = resolvePrincipal(login, policy, companyIds);
  const expression = planDocuments(principal, policy, utcDay(new Date(at)));
  return evaluateExpression(expression, documentAttributes(statement, policy)) === true;
}

function refusedAs(statement: unknown): string {
  try {
    documentAttributes(statement, policy);
  } catch (error) {
    if (error instanceof PermissionError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("a file's stated access", () => {
  it("is nobody when nothing is stated", () => {
    for (const nothing of [undefined, null, {}, { companies: ["base.main"] }, { public: false }, { groups: [] }]) {
      expect(["bo", "mia", "vera"].some((login) => mayRead(login, nothing))).toBe(false);
    }
  });

  it("is every signed-in reader, portal users included, when public", () => {
    expect(["bo", "mia", "vera"].every((login) => mayRead(login, { public: true }))).toBe(true);
  });

  it("opens to members of a group, also by implication, and to nobody else", () => {
    expect(mayRead("mia", { groups: ["purchase.buyer"] })).toBe(true);
    expect(mayRead("bo", { groups: ["purchase.manager"] })).toBe(false);
    expect(mayRead("vera", { groups: ["purchase.buyer"] })).toBe(false);
  });

  it("opens to users by login", () => {
    expect(mayRead("bo", { users: ["bo"] })).toBe(true);
    expect(mayRead("mia", { users: ["bo"] })).toBe(false);
  });

  it("is narrowed by companies, to those of the request", () => {
    const statement = { groups: ["purchase.buyer"], companies: ["base.other"] };
    expect(mayRead("bo", statement)).toBe(false);
    expect(mayRead("mia", statement)).toBe(true);
    expect(mayRead("mia", statement, [1])).toBe(false);
  });

  it("is refused when a name is not known", () => {
    expect(refusedAs({ groups: ["purchase.buyers"] })).toBe("unknown-group");
    expect(refusedAs({ users: ["nobody"] })).toBe("unknown-login");
    expect(refusedAs({ public: true, companies: ["base.none"] })).toBe("unknown-company");
  });

  it.each([
    "public",
    true,
    [],
    { public: "yes" },
    { public: true, groups: ["purchase.buyer"] },
    { groups: "purchase.buyer" },
    { groups: [1] },
    { group: ["purchase.buyer"] },
    { users: ["bo"], companies: [] },
    { public: true, until: "2026-02-30" },
    { public: true, until: "31.12.2026" },
    { public: true, from: "2026-1-1" },
    { public: true, from: "2026-01-01T00:00:00Z" },
    { public: true, from: 2026 },
    { public: true, from: null },
    { public: true, until: ["2026-01-01"] },
    { public: true, from: "2026-01-02", until: "2026-01-01" },
  ])("is refused in any other form: %j", (statement) => {
    expect(refusedAs(statement)).toBe("invalid-document-access");
  });
});

/** Whether a buyer does, at that moment. */
function reads(statement: object, at: string): boolean {
  return mayRead("bo", { groups: ["purchase.buyer"], ...statement }, [1], at);
}

describe("an access that begins and ends", () => {
  it("holds from the first instant of its first day to the last of its last, in UTC", () => {
    const year = { from: "2026-01-01", until: "2026-12-31" };
    expect(reads(year, "2025-12-31T23:59:59.999Z")).toBe(false);
    expect(reads(year, "2026-01-01T00:00:00.000Z")).toBe(true);
    expect(reads(year, "2026-12-31T23:59:59.999Z")).toBe(true);
    expect(reads(year, "2027-01-01T00:00:00.000Z")).toBe(false);
    expect(reads(year, "2027-01-01T01:00:00.000+02:00")).toBe(true);
  });

  it("may be open at either side, or last one day", () => {
    expect(["2025-06-01", "2026-06-01", "2027-06-01"].map((at) => reads({ from: "2026-01-01" }, at))).toEqual([
      false,
      true,
      true,
    ]);
    expect(["2025-06-01", "2026-06-01", "2027-06-01"].map((at) => reads({ until: "2026-12-31" }, at))).toEqual([
      true,
      true,
      false,
    ]);
    const day = { from: "2026-06-01", until: "2026-06-01" };
    expect(["2026-05-31", "2026-06-01", "2026-06-02"].map((at) => reads(day, at))).toEqual([false, true, false]);
  });

  it("opens nothing to those whom the statement does not name", () => {
    expect(reads({ from: "2026-01-01", companies: ["base.other"] }, "2026-06-01")).toBe(false);
    expect(mayRead("vera", { from: "2026-01-01" })).toBe(false);
  });

  it("ends with the day although the policy did not change, for a plan belongs to its day", () => {
    const principal = resolvePrincipal("bo", policy);
    const attributes = documentAttributes({ public: true, until: "2026-11-20" }, policy);
    const readsAt = (at: string) => {
      const filter = planAccess(principal, policy, utcDay(new Date(at)));
      return evaluateExpression(filter.expression, attributes);
    };
    expect([readsAt("2026-11-20T23:59:59Z"), readsAt("2026-11-21T00:00:00Z"), readsAt("2026-11-20T23:59:59Z")]).toEqual(
      [true, false, true],
    );
  });

  it("is unknown, and so closed, on a part that does not say whether it begins or ends", () => {
    const { from: _, ...without } = documentAttributes({ public: true }, policy);
    const expression = planDocuments(resolvePrincipal("bo", policy), policy, utcDay(new Date()));
    expect(evaluateExpression(expression, without)).toBe("unknown");
  });
});

describe("a day", () => {
  it.each(["0000-01-01", "2024-02-29", "9999-12-31"])("may be %s", (text) => expect(isIsoDay(text)).toBe(true));

  it.each(["2026-02-29", "2026-13-01", "2026-00-10", "02026-01-01", " 2026-01-01", "2026-01-01\n", "", 20260101, null])(
    "may not be %j",
    (value) => expect(isIsoDay(value)).toBe(false),
  );
});
