import { describe, expect, it } from "vitest";
import { PermissionError } from "../../permissions/permission-error.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { GROUPS, inventedPolicy } from "./invented-policy.ts";

const policy = inventedPolicy();

function refusedAs(login: string, companyIds?: readonly number[]): string {
  try {
    resolvePrincipal(login, policy, companyIds);
  } catch (error) {
    if (error instanceof PermissionError) return error.code;
    throw error;
  }
  return "resolved";
}

describe("resolvePrincipal", () => {
  it("closes the groups over what they imply, through circles", () => {
    expect(resolvePrincipal("mia", policy).groupIds).toEqual([GROUPS.user, GROUPS.buyer, GROUPS.manager]);
  });

  it("answers an archived user as it answers an unknown one", () => {
    expect([refusedAs("gone"), refusedAs("nobody")]).toEqual(["unknown-login", "unknown-login"]);
  });

  it("has all of the user's companies active unless the request narrows them", () => {
    expect(resolvePrincipal("mia", policy)).toMatchObject({ companyIds: [1, 2, 3], currentCompanyId: 1 });
    expect(resolvePrincipal("mia", policy, [3, 2])).toMatchObject({ companyIds: [2, 3], currentCompanyId: 3 });
  });

  it("never widens the companies, nor takes none for all", () => {
    expect(refusedAs("bo", [1, 2])).toBe("company-not-allowed");
    expect(refusedAs("bo", [])).toBe("company-not-allowed");
  });

  it("bears the epoch of the policy and cannot be changed", () => {
    const principal = resolvePrincipal("bo", policy);
    expect(principal.epoch).toBe("epoch-1");
    expect(Object.isFrozen(principal) && Object.isFrozen(principal.groupIds)).toBe(true);
  });
});
