import { describe, expect, it } from "vitest";

import type { Document } from "../../infra/document.ts";
import { EVERYTHING } from "../support/filter.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { testDocument } from "../support/test-document.ts";

const open = { model: ["purchase.order"], company_id: [1] };

/** What is kept of items that could not be ingested. `opened` gives an empty corpus in each test. */
export function ingestionFailuresContract(opened: () => TestDatabase): void {
  const write = (document: Document) => opened().database.ingested.write([document]);
  const partsOf = (id: string) => opened().database.readable.parts({ documentIds: [id], limit: 10 }, EVERYTHING);

  describe("failures of ingestion", () => {
    const failure = {
      source: "odoo:test",
      key: "po-1",
      code: "empty-file",
      reason: "No text.",
      at: "2026-11-20T10:00:00.000Z",
    };
    const told = { fingerprint: "as it was", work: null };

    it("are kept until the document is written", async () => {
      await opened().database.ingested.fail({ ...failure, ...told }, { keepEarlier: false });
      await opened().database.ingested.fail({ ...failure, ...told, reason: "Still none." }, { keepEarlier: false });
      expect([...(await opened().database.ingested.failures("odoo:test"))]).toEqual([
        { ...failure, reason: "Still none." },
      ]);
      expect(await opened().database.ingested.failures("folder:test")).toHaveLength(0);
      expect(await opened().database.ingested.failures()).toHaveLength(1);
      await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
      expect(await opened().database.ingested.failures()).toHaveLength(0);
    });

    it("are hidden when discarded, until the item fails otherwise, and gone when taken", async () => {
      const { ingested } = opened().database;
      await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
      const attached = { ...failure, ...told, key: "po-1#1-a.pdf" };
      await ingested.fail(attached, { keepEarlier: true });
      expect(await ingested.failed("odoo:test", { keys: ["po-1"] })).toEqual(new Map([["po-1#1-a.pdf", "as it was"]]));
      expect(await ingested.discardFailure("odoo:test", "po-1#1-a.pdf")).toBe(true);
      expect(await ingested.discardFailure("odoo:test", "po-1#1-a.pdf")).toBe(false);
      await ingested.fail(attached, { keepEarlier: true });
      expect(await ingested.failures()).toHaveLength(0);
      expect((await ingested.failed("odoo:test")).size).toBe(1);
      await ingested.fail({ ...attached, fingerprint: "other", work: { queue: "ocr" } }, { keepEarlier: true });
      expect(await ingested.failures()).toHaveLength(1);
      expect(await ingested.takeFailure("odoo:test", "po-1#1-a.pdf")).toEqual({ work: { queue: "ocr" } });
      expect(await ingested.takeFailure("odoo:test", "po-1#1-a.pdf")).toBeNull();
      expect((await ingested.states("odoo:test")).get("po-1")).toEqual({ contentHash: "" });
    });

    it("keep or remove the earlier version, as asked", async () => {
      await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
      await opened().database.ingested.fail({ ...failure, ...told }, { keepEarlier: true });
      expect(await partsOf("po-1")).toHaveLength(1);
      await opened().database.ingested.fail({ ...failure, ...told }, { keepEarlier: false });
      expect(await partsOf("po-1")).toHaveLength(0);
      await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
    });
  });
}
