import { describe, expect, it } from "vitest";

import type { AuditEntry } from "../../infra/db/port.ts";
import type { AccessProof } from "../../permissions/access-proof.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { TestDatabase } from "../support/test-database.ts";

const snapshot = (epoch: string, takenAt: string): PolicySnapshot => ({
  epoch,
  takenAt,
  source: "odoo:test",
  groups: [{ id: 1, name: "base.group_user", label: 'Quoted "label" é', impliedIds: [] }],
  users: [],
  companies: [],
  ingestedModels: ["z.model"],
  modelAccess: [{ model: "z.model", groupId: null }],
  recordRules: [],
  models: {
    z: { model: "z", label: "Z", fields: {}, inherits: {}, parentField: "parent_id" },
    a: { model: "a", label: "A", fields: {}, inherits: {}, parentField: "parent_id" },
  },
  mirror: { "res.partner": [{ id: 2, parent_path: "1/2/", active: true, parent_id: null, ids: [3, 1] }] },
});

const entry = (requestId: string): AuditEntry => ({
  at: "2026-11-20T10:00:00.000Z",
  action: "answer",
  login: "bo.buyer",
  via: "api-key",
  epoch: "e",
  filterHash: "f",
  outcome: "answered",
  documentIds: ["a", "b"],
  requestId,
});

const PROOF: AccessProof = {
  principal: { login: 'quoted "login" é', userId: 10 },
  groups: [1, 2],
  companies: [1],
  currentCompany: 1,
  namesCompanies: false,
  epoch: "e",
  day: "2026-11-20",
  filterHash: "f",
  attributes: [{ z: [1, "1", true], a: [] }],
  sources: [
    {
      documentId: "a",
      part: "main",
      textHash: "hash",
      access: 0,
      recheck: { result: "readable", at: "2026-11-20T10:00:00.000Z" },
    },
  ],
};

/** What a database keeps beside documents: policies, keys, the audit log, settings. */
export function storesContract(opened: () => TestDatabase): void {
  describe("policy snapshots", () => {
    it("give back the newest, exactly as it was saved", async () => {
      expect(await opened().database.policies.latest()).toBeNull();
      const newest = snapshot("two", "2026-11-20T11:00:00.000Z");
      await opened().database.policies.save(newest);
      await opened().database.policies.save(snapshot("one", "2026-11-20T10:00:00.000Z"));
      expect(JSON.stringify(await opened().database.policies.latest())).toBe(JSON.stringify(newest));
    });

    it("return to an earlier epoch when that is what was read last", async () => {
      await opened().database.policies.save(snapshot("one", "2026-11-20T12:00:00.000Z"));
      expect((await opened().database.policies.latest())?.epoch).toBe("one");
    });

    it("of one moment and source are replaced by a later reading, and another source's by what was read last", async () => {
      const { policies } = opened().database;
      await policies.save(snapshot("recorded again", "2026-11-20T12:00:00.000Z"));
      expect((await policies.latest())?.epoch).toBe("recorded again");
      await policies.save({ ...snapshot("another server", "2025-01-01T00:00:00.000Z"), source: "odoo:other" });
      expect((await policies.latest())?.epoch).toBe("another server");
    });

    it("are confirmed until when they hold", async () => {
      const { policies } = opened().database;
      await policies.save({ ...snapshot("followed", "2026-11-20T10:00:00.000Z"), source: "odoo:followed" });
      expect(await policies.confirmedAt()).toBeNull();
      await policies.confirm("followed", "2026-11-20T10:00:05.000Z");
      expect(await policies.confirmedAt()).toBe("2026-11-20T10:00:05.000Z");
      await policies.save({ ...snapshot("next", "2026-11-20T10:00:06.000Z"), source: "odoo:followed" });
      expect(await policies.confirmedAt()).toBe("2026-11-20T10:00:05.000Z");
      await policies.save({ ...snapshot("elsewhere", "2026-11-20T10:00:06.000Z"), source: "odoo:elsewhere" });
      expect(await policies.confirmedAt()).toBeNull();
    });

    it("give back the newest of more than nine", async () => {
      const { policies } = opened().database;
      for (let number = 1; number <= 12; number++) {
        await policies.save({ ...snapshot(`dozen ${number}`, "2026-11-20T10:00:00.000Z"), source: "odoo:dozen" });
        expect((await policies.latest())?.epoch).toBe(`dozen ${number}`);
      }
    });

    it("are forgotten when they are old, unless the audit trail names them", async () => {
      const { policies, audit } = opened().database;
      const save = (number: number) =>
        policies.save({ ...snapshot(`many ${number}`, "2026-11-20T10:00:00.000Z"), source: "odoo:many" });
      await save(0);
      await save(1);
      await audit.append({ ...entry("of an old epoch"), epoch: "many 1" });
      for (let number = 2; number < 30; number++) await save(number);
      expect(await policies.at("many 0")).toBeNull();
      expect((await policies.at("many 1"))?.epoch).toBe("many 1");
      expect((await policies.latest())?.epoch).toBe("many 29");
    });
  });

  describe("API keys", () => {
    it("open for their login until revoked", async () => {
      const { key, id } = await opened().database.apiKeys.create("bo.buyer", "laptop");
      const other = await opened().database.apiKeys.create("ada.sales", "phone");
      expect(await opened().database.apiKeys.verify(key)).toBe("bo.buyer");
      expect(await opened().database.apiKeys.revoke(id)).toBe(true);
      expect(await opened().database.apiKeys.revoke(id)).toBe(false);
      expect(await opened().database.apiKeys.verify(key)).toBeNull();
      expect(await opened().database.apiKeys.verify(other.key)).toBe("ada.sales");
      const listed = (await opened().database.apiKeys.list()).find((each) => each.id === id);
      expect(listed).toMatchObject({ login: "bo.buyer", label: "laptop", revokedAt: expect.any(String) });
      expect(JSON.stringify(await opened().database.apiKeys.list())).not.toContain(key);
    });

    it("open nothing when they are not one", async () => {
      for (const wrong of ["", "gw_", "\u0000", "' or true --", "x".repeat(10_000)]) {
        expect(await opened().database.apiKeys.verify(wrong)).toBeNull();
      }
    });
  });

  it("gives back the policy of an earlier epoch, and null for one that is not kept", async () => {
    const [early, late] = ["early", "late"].map((epoch, hour) => ({
      ...snapshot(epoch, `2026-11-20T1${hour}:00:00.000Z`),
      source: "odoo:epochs",
    })) as [PolicySnapshot, PolicySnapshot];
    await opened().database.policies.save(early);
    await opened().database.policies.save(late);
    expect(await opened().database.policies.at("early")).toEqual(early);
    expect(await opened().database.policies.at("never")).toBeNull();
    expect(await opened().database.policies.at("\u0000")).toBeNull();
  });

  it("gives back what access was decided by with every entry of a request, in order", async () => {
    const { audit } = opened().database;
    await audit.append({ ...entry("one"), outcome: "streaming" }, PROOF);
    await audit.append(entry("two"), PROOF);
    await audit.append({ ...entry("one"), outcome: "answered" });
    expect(await audit.ofRequest("one")).toEqual([
      { entry: { ...entry("one"), outcome: "streaming" }, proof: PROOF },
      { entry: { ...entry("one"), outcome: "answered" }, proof: null },
    ]);
    expect(await audit.ofRequest("' or true --")).toEqual([]);
  });

  it("remembers the newest audit entries first", async () => {
    for (const requestId of ["r1", "r2", "r3"]) await opened().database.audit.append(entry(requestId));
    expect([...(await opened().database.audit.recent(2))]).toEqual([entry("r3"), entry("r2")]);
  });

  it("keeps settings", async () => {
    expect(await opened().database.settings.get("embedder")).toBeNull();
    await opened().database.settings.set("embedder", "minilm");
    await opened().database.settings.set("embedder", "other");
    expect(await opened().database.settings.get("embedder")).toBe("other");
  });
}
