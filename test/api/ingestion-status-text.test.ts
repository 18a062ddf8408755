import { describe, expect, it } from "vitest";
import { ingestionStatusText } from "../../api/print/ingestion-status-text.ts";
import type { IngestionStatus, PolicyStatus } from "../../ingest/ingestion-status.ts";
import { idleWork } from "../support/idle-work.ts";

const policy: PolicyStatus = {
  epoch: "e1",
  takenAt: "2026-11-20T08:00:00Z",
  following: "recorded",
  confirmedAt: null,
  confirmedSecondsAgo: null,
  refusedRules: [],
  decidedInCode: [],
  partlySeen: null,
  syncFindings: null,
};
const empty: IngestionStatus = {
  counts: [],
  work: idleWork,
  failures: [],
  unreadable: [],
  policy: null,
  coverage: null,
};
const text = (changes: Partial<PolicyStatus>) => ingestionStatusText({ ...empty, policy: { ...policy, ...changes } });

describe("the state of ingestion in words", () => {
  it("tells what is queued with the time it takes, and that it is paused", () => {
    const stage = { queue: "embed", waiting: 3, active: 1, unitsLeft: 1200, unitsPerMinute: 600, secondsLeft: 120 };
    const told = (paused: boolean, more: object = {}) =>
      ingestionStatusText({ ...empty, work: { paused, stages: [{ ...stage, ...more }] } });
    expect(told(false)).toContain("At work: 1,200 passages to embed; about 2 minutes left.");
    expect(told(false, { secondsLeft: null })).toContain("At work: 1,200 passages to embed.");
    expect(told(true)).toContain("Work is paused: 1,200 passages to embed");
    expect(told(false, { waiting: 0, active: 0 })).not.toContain("At work");
  });

  it("repeats what is wrong with the sync account", () => {
    expect(text({ syncFindings: ["The sync account s is an administrator."] })).toContain("s is an administrator.");
  });

  it("says that nothing is there and nothing is shown", () => {
    expect(ingestionStatusText(empty)).toBe(
      "Nothing is ingested yet.\n\nThe access rules were not read from Odoo yet, so nothing is shown to anybody.",
    );
  });

  it("lays out what is held in columns, and names files without access and failures", () => {
    const told = ingestionStatusText({
      ...empty,
      counts: [
        { source: "folder:documents", model: "file", documents: 31, chunks: 120, unreadable: 2 },
        { source: "odoo:sample", model: "purchase.order", documents: 1378, chunks: 2900, unreadable: 0 },
      ],
      unreadable: [{ source: "folder:documents", key: "note.md" }],
      failures: [{ source: "odoo:sample", key: "ir.attachment/7", code: "empty-file", reason: "No text.", at: "" }],
    });
    expect(told).toContain("  folder:documents  file               31  documents    120  chunks\n");
    expect(told).toContain("  odoo:sample       purchase.order  1,378  documents  2,900  chunks\n");
    expect(told).toContain(
      "2 files that nobody may read, because no access is stated:\n  folder:documents note.md\n  and 1 more\n",
    );
    expect(told).toContain("not ingested: odoo:sample ir.attachment/7 (empty-file): No text.");
  });

  it("names refused rules, models decided in code, and people whose keys would show more", () => {
    const told = text({
      following: "followed",
      confirmedAt: "2026-11-20T08:00:00.000Z",
      confirmedSecondsAgo: 2,
      refusedRules: [{ rule: "own orders", model: "purchase.order", reason: "Unknown field margin." }],
      decidedInCode: [{ model: "mail.activity", reason: "Odoo decides in code." }],
      partlySeen: [
        { model: "hr.expense", logins: ["a", "b", "c", "d"], isRefused: true },
        { model: "mail.message", logins: ["a"], isRefused: false },
      ],
    });
    expect(told).toContain("  purchase.order  “own orders”: Unknown field margin.\n");
    expect(told).toContain("  mail.activity  Odoo decides in code.\n");
    expect(told).toContain("ODOO_READER_KEYS");
    expect(told).toContain("  hr.expense    a, b, c and 1 more  the account may not read it at all\n  mail.message  a");
    expect(told).toMatch(/followed\. It last confirmed .* 2 s ago\./);
  });

  it.each([
    [{ following: "recorded" }, /recorded one, which stands still/],
    [{ following: "not-followed" }, /not being followed: start the server\. It has not confirmed/],
    [{ following: "followed", confirmedAt: "2026-11-20T08:00:00.000Z", confirmedSecondsAgo: 600 }, /10 minutes ago/],
    [{ following: "followed", partlySeen: null }, /is not known, because Odoo does not tell whose key it is/],
  ] as const)("says how fresh the rules are: %j", (changes, words) => {
    expect(text(changes)).toMatch(words);
  });

  it("explains differences between Odoo and what is held", () => {
    const none = { failed: 0, empty: 0, waiting: 0, unexplained: 0, gone: 0, refusal: null };
    const told = ingestionStatusText({
      ...empty,
      coverage: [
        { ...none, model: "purchase.order", inOdoo: 12, held: 9, failed: 1, empty: 2, gone: 0 },
        { ...none, model: "res.partner", inOdoo: 5, held: 5 },
        { ...none, model: "hr.expense", inOdoo: null, held: 0, refusal: "Odoo refuses it." },
      ],
    });
    expect(told).toContain(
      "  purchase.order       12  in Odoo   9  held  1 failed, see above, 2 with nothing to show\n",
    );
    expect(told).toContain("  res.partner           5  in Odoo   5  held\n");
    expect(told).toMatch(/hr\.expense {6}refused +0 {2}held {2}Odoo refuses it\.\n/);
    expect(told).toMatch(/all +17 {2}in Odoo {2}14 {2}held$/);
  });
});
