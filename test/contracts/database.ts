import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { EVERYTHING, filterOf } from "../support/filter.ts";
import { emptyCorpus, PATIENCE, type TestDatabase } from "../support/test-database.ts";
import { NO_VECTORS, testDocument, writeEmbedded } from "../support/test-document.ts";
import { chunkTokensContract } from "./chunk-tokens.ts";
import { ingestedDocumentsContract } from "./ingested-documents.ts";
import { ingestedItemsContract } from "./ingested-items.ts";
import { jobQueuesContract } from "./job-queues.ts";
import { ingestionFailuresContract } from "./ingestion-failures.ts";
import { documentInspectionContract } from "./document-inspection.ts";
import { readableDocumentsContract } from "./readable-documents.ts";
import { storesContract } from "./stores.ts";

/** What every database behind `infra/db/port.ts` does. */
export function databaseContract(name: string, openDatabase: () => Promise<TestDatabase>): void {
  describe(`${name} as a database`, () => {
    let opened: TestDatabase;

    beforeAll(async () => {
      opened = await openDatabase();
    }, PATIENCE);
    afterAll(() => opened.discard());
    beforeEach(() => emptyCorpus(opened.database));

    ingestedDocumentsContract(() => opened);
    chunkTokensContract(() => opened);
    ingestedItemsContract(() => opened);
    ingestionFailuresContract(() => opened);
    jobQueuesContract(() => opened);
    readableDocumentsContract(() => opened);
    documentInspectionContract(() => opened);
    storesContract(() => opened);

    it("answers a ping, and reads the same after maintenance", async () => {
      const { database } = opened;
      const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });
      const unused = testDocument("b", [{ chunks: ["text"], access: { x: [1] } }]);
      await writeEmbedded(database, testDocument("a", [{ chunks: ["text"], access: { company_id: [1] } }]), NO_VECTORS);
      await writeEmbedded(database, unused, NO_VECTORS);
      await database.ingested.remove("odoo:test", ["b"]);
      const before = await database.readable.parts({ limit: 10 }, reader);
      expect(before).toHaveLength(1);
      await database.maintain();
      await database.ping();
      expect(await database.readable.parts({ limit: 10 }, reader)).toEqual(before);
      await writeEmbedded(database, unused, NO_VECTORS);
      expect(await database.readable.parts({ documentIds: ["b"], limit: 10 }, EVERYTHING)).toHaveLength(1);
    });
  });
}
