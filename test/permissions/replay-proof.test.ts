import { describe, expect, it } from "vitest";
import { type AccessProof, proveAccess } from "../../permissions/access-proof.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import { replayProof } from "../../permissions/replay-proof.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import type { IsoDay } from "../../permissions/utc-day.ts";
import { GROUPS, inventedPolicy } from "./invented-policy.ts";

const DAY = "2026-11-20" as IsoDay;
const at = "2026-11-20T09:00:00.000Z";
const policy = inventedPolicy({
  recordRules: [{ id: 1, name: "mine", model: "order", groupIds: [], domain: "[('company_id', 'in', company_ids)]" }],
});
const order = { model: ["order"], requires: [], company_id: [2] };
const file = { model: ["file"], readers: ["public"], companies: [], from: [], until: [DAY] };

function prove(companyIds?: readonly number[]): AccessProof {
  const principal = resolvePrincipal("mia", policy, companyIds);
  const shown = [
    { documentId: "a", part: "main", textHash: "h1", attributes: order, at },
    { documentId: "a", part: "main", textHash: "h1", attributes: { ...order }, at: "2026-11-20T09:00:01.000Z" },
    { documentId: "b", part: "main", textHash: "h2", attributes: file, at },
    { documentId: "c", part: "main", textHash: "h3", attributes: order, at },
  ];
  return proveAccess(principal, planAccess(principal, policy, DAY), shown);
}

describe("the proof of access", () => {
  it("names each source once, with the instant of its recheck, and each set of attributes once", () => {
    const proof = prove();
    expect(proof.attributes).toEqual([order, file]);
    const recheck = { result: "readable", at };
    expect(proof.sources).toEqual([
      { documentId: "a", part: "main", textHash: "h1", access: 0, recheck },
      { documentId: "b", part: "main", textHash: "h2", access: 1, recheck },
      { documentId: "c", part: "main", textHash: "h3", access: 0, recheck },
    ]);
    expect(proof).toMatchObject({
      principal: { login: "mia", userId: 11 },
      groups: [GROUPS.user, GROUPS.buyer, GROUPS.manager],
      companies: [1, 2, 3],
      currentCompany: 1,
      epoch: "epoch-1",
      day: DAY,
    });
  });
});

describe("replaying a proof", () => {
  it("comes to the same, also after storage as JSON, on another day, and for companies that the request named", () => {
    for (const proof of [prove(), prove([2]), prove([3, 2])]) {
      const { differences, sources } = replayProof(JSON.parse(JSON.stringify(proof)) as AccessProof, policy);
      expect(differences).toEqual([]);
      expect(sources.map(({ readable }) => readable)).toEqual([true, true, true]);
    }
  });

  const forged: readonly (readonly [string, Partial<AccessProof>, RegExp])[] = [
    ["the filter's hash", { filterHash: "0" }, /The filter comes to \w+, the proof has 0/],
    ["the groups", { groups: [1] }, /The groups of mia come to 1,2,3, the proof has 1\./],
    ["the user", { principal: { login: "mia", userId: 10 } }, /user id of mia/],
    ["the companies", { companies: [1] }, /The companies of mia/],
    ["the current company", { currentCompany: 2 }, /The current company of mia/],
    ["the login", { principal: { login: "gone", userId: 13 } }, /gone cannot be resolved under that policy/],
    ["the day", { day: "yesterday" }, /names no day/],
    ["another day", { day: "2026-11-21" }, /Part “main” of b was shown, yet it is not readable/],
    ["the epoch", { epoch: "epoch-0" }, /The policy is of epoch epoch-1, the proof of epoch-0/],
    ["the attributes", { attributes: [{ ...order, company_id: [9] }, file] }, /of c was shown, yet it is not readable/],
    ["attributes that are missing", { attributes: [order] }, /part “main” of b the proof holds no attributes/],
  ];
  it.each(forged)("notices that %s differs", (_what, change, sentence) => {
    expect(replayProof({ ...prove(), ...change }, policy).differences.join("\n")).toMatch(sentence);
  });
});
