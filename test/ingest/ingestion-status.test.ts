import { describe, expect, it } from "vitest";
import { type IngestionFacts, ingestionStatus } from "../../ingest/ingestion-status.ts";
import { GROUPS, inventedPolicy } from "../permissions/invented-policy.ts";
import { idleWork } from "../support/idle-work.ts";

const facts: IngestionFacts = {
  counts: [],
  work: idleWork,
  failures: [],
  unreadable: [],
  coverage: null,
  policy: inventedPolicy(),
  confirmedAt: "2026-11-20T08:00:00.000Z",
  following: "followed",
  sync: null,
  syncFindings: null,
  now: new Date("2026-11-20T08:00:07.400Z"),
};

describe("the state of ingestion", () => {
  it("has no policy before the first was read", () => {
    expect(ingestionStatus({ ...facts, policy: null }).policy).toBeNull();
  });

  it("tells epoch and moment of the rules, and how long ago Odoo confirmed them", () => {
    expect(ingestionStatus(facts).policy).toMatchObject({
      epoch: "epoch-1",
      takenAt: "2026-11-20T08:00:00Z",
      following: "followed",
      confirmedAt: "2026-11-20T08:00:00.000Z",
      confirmedSecondsAgo: 7,
      refusedRules: [],
      partlySeen: null,
      syncFindings: null,
    });
    expect(ingestionStatus({ ...facts, confirmedAt: null }).policy).toMatchObject({ confirmedSecondsAgo: null });
  });

  it("names the models that Odoo decides about in code, and none of them as a rule", () => {
    const policy = inventedPolicy({ ingestedModels: ["order", "mail.activity"] });
    const told = ingestionStatus({ ...facts, policy }).policy;
    expect(told?.decidedInCode.map(({ model }) => model)).toContain("mail.activity");
    expect(told?.refusedRules).toEqual([]);
  });

  it("takes a model that this Odoo does not have for no refused rule", () => {
    const policy = inventedPolicy({ ingestedModels: ["order", "mrp.bom"] });
    expect(ingestionStatus({ ...facts, policy }).policy?.refusedRules).toEqual([]);
  });

  describe("of models that the sync account sees in part", () => {
    const policy = inventedPolicy({ modelAccess: [{ model: "order", groupId: GROUPS.manager }] });
    const seenBy = (userId: number, readerLogins: readonly string[]) =>
      ingestionStatus({ ...facts, policy, sync: { userId, readerLogins } }).policy?.partlySeen;

    it("names the people who may see more and have no key", () => {
      expect(seenBy(10, [])).toEqual([{ model: "order", logins: ["mia"], isRefused: true }]);
      expect(seenBy(10, ["mia"])).toEqual([]);
      expect(seenBy(11, [])).toEqual([]);
    });

    it("says nothing of an account that the policy does not have or has archived", () => {
      expect(seenBy(999, [])).toBeNull();
      expect(seenBy(13, [])).toBeNull();
    });
  });
});
