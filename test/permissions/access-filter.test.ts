import { describe, expect, it } from "vitest";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { inventedPolicy } from "./invented-policy.ts";

const policy = inventedPolicy();
const bo = planAccess(resolvePrincipal("bo", policy), policy);

/** Stands for every way to text: it takes a filter and nothing else. */
function read(filter?: AccessFilter): AccessFilter | undefined {
  return filter;
}

function widen(change: () => unknown): void {
  expect(change).toThrow(TypeError);
}

describe("an access filter", () => {
  it("is made by the planner alone: what merely looks like one does not type-check", () => {
    const alike = { expression: { kind: "always" }, hash: "", epoch: "epoch-1", day: bo.day } as const;
    expect(read(bo)).toBe(bo);
    // @ts-expect-error a plain object of the same form
    read(alike);
    // oxlint-disable-next-line typescript/no-misused-spread -- the copy is what is tried
    const copy = { ...bo, expression: alike.expression };
    // @ts-expect-error a copy of a filter with another expression
    read(copy);
    // @ts-expect-error an expression without its planner
    read(bo.expression);
    // @ts-expect-error null, which would be an unfiltered search
    read(null);
  });

  it("cannot be widened once it is made", () => {
    const open = bo as { expression: unknown; hash: string };
    widen(() => (open.expression = { kind: "always" }));
    widen(() => (open.hash = ""));
    widen(() => Object.assign(bo.expression, { kind: "always" }));
    if (bo.expression.kind === "and" || bo.expression.kind === "or") {
      const operands = bo.expression.expressions as unknown[];
      widen(() => operands.push({ kind: "always" }));
    }
    expect(evaluateAccess(bo, { model: ["invoice"], requires: [] })).toBe(false);
  });
});

const base = inventedPolicy({ epoch: "epoch-cache" });
const ALIKE = ["bo", "BO", 'bo"', "bo,1", "bo\u0000", "b\u00f6", "bo\u0308", "", "__proto__", "constructor"];
const shared = {
  ...base,
  users: base.users
    .slice(0, 1)
    .flatMap((user) =>
      ALIKE.map((login, index) => ({ ...user, id: 300 + index, login, groupIds: [], companyIds: [1, 2, 3, 12] })),
    ),
};

function readsFile(login: string, access: { readers: string[]; companies: string[] }, companyIds?: readonly number[]) {
  const filter = planAccess(resolvePrincipal(login, shared, companyIds), shared);
  return evaluateAccess(filter, { model: ["file"], from: [], until: [], ...access });
}

/** Those of three companies whose files the same reader may read. */
function companiesOf(ids: readonly number[]): string[] {
  const companies = ["base.main", "base.other", "base.branch"];
  return companies.filter((company) => readsFile("bo", { readers: ["public"], companies: [company] }, ids));
}

describe("the filters that are kept for the next request", () => {
  it("are another reader's for nobody, however alike the logins", () => {
    for (const login of [...ALIKE, ...ALIKE.toReversed()]) {
      const readers = ALIKE.filter((reader) => readsFile(reader, { readers: [`user:${login}`], companies: [] }));
      expect(readers, login).toEqual([login]);
    }
  });

  it("are not those of other companies of the same reader", () => {
    expect([[1], [2], [1, 2], [12], [1]].map(companiesOf)).toEqual([
      ["base.main"],
      ["base.other"],
      ["base.main", "base.other"],
      [],
      ["base.main"],
    ]);
  });

  it("are not those of an earlier policy, whose principals open nothing any more", () => {
    const before = resolvePrincipal("bo", shared);
    planAccess(before, shared);
    const after = { ...shared, epoch: "epoch-cache-2" };
    expect(() => planAccess(before, after)).toThrowError(expect.objectContaining({ code: "stale-principal" }));
    expect(planAccess(resolvePrincipal("bo", after), after).epoch).toBe("epoch-cache-2");
  });
});
