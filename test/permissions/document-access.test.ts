import { describe, expect, it } from "vitest";
import { documentAttributes, planDocuments } from "../../permissions/document-access.ts";
import { evaluateExpression } from "../../permissions/evaluate-access.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { inventedPolicy } from "./invented-policy.ts";

const policy = inventedPolicy();

function mayRead(login: string, statement: unknown, companyIds?: readonly number[]): boolean {
  const principal = resolvePrincipal(login, policy, companyIds);
  return evaluateExpression(planDocuments(principal, policy), documentAttributes(statement, policy)) === true;
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
  ])("is refused in any other form: %j", (statement) => {
    expect(refusedAs(statement)).toBe("invalid-document-access");
  });
});
