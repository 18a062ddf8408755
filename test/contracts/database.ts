import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Database, IngestedDocuments } from "../../infra/db/port.ts";
import type { AuditEntry } from "../../infra/db/port.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { EVERYTHING, filterOf, NOTHING } from "../support/filter.ts";
import { emptyCorpus, type TestDatabase, PATIENCE } from "../support/test-database.ts";
import { fact, NO_VECTORS, testDocument, unit } from "../support/test-document.ts";

const open = { model: ["purchase.order"], company_id: [1] };
const company = (id: number) => filterOf({ kind: "anyOf", field: "company_id", values: [id] });

/** What every database behind `infra/db/port.ts` does. */
export function databaseContract(name: string, openDatabase: () => Promise<TestDatabase>): void {
  describe(`${name} as a database`, () => {
    let opened: TestDatabase;
    let database: Database;
    let ingested: IngestedDocuments;

    beforeAll(async () => {
      opened = await openDatabase();
      database = opened.database;
      ingested = database.ingested;
    }, PATIENCE);
    afterAll(() => opened.discard());
    beforeEach(() => emptyCorpus(database));

    const write = (...documents: ReturnType<typeof testDocument>[]) =>
      Promise.all(documents.map((document) => ingested.write(document, NO_VECTORS)));
    const partsOf = (id: string, filter = EVERYTHING) =>
      database.readable.parts({ documentIds: [id], limit: 10 }, filter);

    describe("ingested documents", () => {
      it("come back as they were written", async () => {
        const document = testDocument(
          "po-1",
          [
            {
              chunks: ["first line", "second line"],
              access: open,
              facts: [fact("amount_total", 18_400.5), fact("name", "P00012")],
            },
          ],
          {
            title: "P00012",
            recordId: 12,
            url: "https://odoo.example/12",
            metadata: { reference: "FIN-POL-001", owner: "Fiona" },
          },
        );
        await write(document);
        const [part] = await partsOf("po-1");
        expect(part).toEqual({
          document: {
            documentId: "po-1",
            source: "odoo:test",
            key: "po-1",
            kind: "purchase order",
            title: "P00012",
            model: "purchase.order",
            recordId: 12,
            url: "https://odoo.example/12",
            metadata: { reference: "FIN-POL-001", owner: "Fiona" },
          },
          part: "main",
          text: "first line\nsecond line",
          facts: document.parts[0]?.facts,
          spans: [
            { start: 0, end: 10, page: null, headings: [] },
            { start: 11, end: 22, page: null, headings: [] },
          ],
        });
        expect(await ingested.states("odoo:test")).toEqual(new Map([["po-1", { contentHash: "hash of po-1" }]]));
      });

      it("replace their earlier version whole", async () => {
        await write(
          testDocument("po-1", [
            { chunks: ["old", "older"], access: open },
            { key: "extra", chunks: ["gone"], access: open },
          ]),
        );
        await write(testDocument("po-1", [{ chunks: ["new"], access: open }], { contentHash: "second" }));
        expect((await partsOf("po-1")).map((part) => [part.part, part.text])).toEqual([["main", "new"]]);
        const chunks = await database.readable.chunks(["po-1/main/0", "po-1/main/1", "po-1/extra/0"], EVERYTHING);
        expect(chunks.map((chunk) => chunk.text)).toEqual(["new"]);
        expect((await ingested.states("odoo:test")).get("po-1")).toEqual({ contentHash: "second" });
      });

      it("keep every span over text that Postgres cannot hold as it is", async () => {
        const texts = ["emoji 🙂 here", "nul \u0000 there", "half \uD83D of a pair", "after"];
        await write(testDocument("odd", [{ chunks: texts, access: open }]));
        const [part] = await partsOf("odd");
        const chunks = await database.readable.chunks(
          texts.map((_, position) => `odd/main/${position}`),
          EVERYTHING,
        );
        expect(chunks.map((chunk) => part?.text.slice(chunk.start, chunk.end))).toEqual(
          chunks.map((chunk) => chunk.text),
        );
        expect(chunks.map((chunk) => chunk.text)).toEqual([
          "emoji 🙂 here",
          "nul \uFFFD there",
          "half \uFFFD of a pair",
          "after",
        ]);
      });

      it("are refused when a chunk is not where it says it is", async () => {
        const document = testDocument("po-1", [{ chunks: ["right"], access: open }]);
        const [part] = document.parts;
        const [chunk] = part?.chunks ?? [];
        if (part === undefined || chunk === undefined) throw new TypeError("the sketch has one chunk");
        const wrong = { ...document, parts: [{ ...part, chunks: [{ ...chunk, start: 1 }] }] };
        await expect(ingested.write(wrong, NO_VECTORS)).rejects.toMatchObject({ code: "internal" });
        expect(await ingested.states("odoo:test")).toEqual(new Map());
      });

      it("stay as they were when a later version cannot be written", async () => {
        await write(
          testDocument("other", [{ chunks: ["taken"], access: open }]),
          testDocument("po-1", [{ chunks: ["old"], access: open }]),
        );
        const later = testDocument("po-1", [{ chunks: ["new"], access: open }]);
        const [part] = later.parts;
        if (part === undefined) throw new TypeError("the sketch has one part");
        const clash = {
          ...later,
          parts: [{ ...part, chunks: part.chunks.map((chunk) => ({ ...chunk, id: "other/main/0" })) }],
        };
        await expect(ingested.write(clash, NO_VECTORS)).rejects.toMatchObject({ code: "database", retryable: false });
        expect((await partsOf("po-1")).map((each) => each.text)).toEqual(["old"]);
        expect((await partsOf("other")).map((each) => each.text)).toEqual(["taken"]);
      });

      it("are written side by side without a deadlock when they share access", async () => {
        const documents = Array.from({ length: 40 }, (_, position) =>
          testDocument(
            `d${position}`,
            [0, 1, 2].map((offset) => ({
              key: `part${offset}`,
              chunks: ["text"],
              access: { model: ["m"], user_id: [(position * 7 + offset * 13) % 5] },
            })),
          ),
        );
        await write(...documents);
        expect((await ingested.states("odoo:test")).size).toBe(40);
      });

      it("vanish with everything of theirs when removed", async () => {
        await ingested.write(
          testDocument("po-1", [{ chunks: ["text"], access: open }]),
          new Map([["po-1/main/0", unit(1, 2, 3, 4)]]),
        );
        await ingested.remove("folder:test", ["po-1"]);
        expect(await partsOf("po-1")).toHaveLength(1);
        await ingested.remove("odoo:test", ["po-1"]);
        expect(await partsOf("po-1")).toEqual([]);
        expect(await database.readable.chunks(["po-1/main/0"], EVERYTHING)).toEqual([]);
        expect(await ingested.vectors(["po-1/main/0"])).toEqual(new Map());
      });

      it("give back their vectors bit by bit", async () => {
        const vector = unit(0.1, -2 / 3, 1e-7, 3);
        await ingested.write(
          testDocument("po-1", [{ chunks: ["a", "b"], access: open }]),
          new Map([["po-1/main/1", vector]]),
        );
        expect(await ingested.vectors(["po-1/main/0", "po-1/main/1", "unknown"])).toEqual(
          new Map([["po-1/main/1", vector]]),
        );
      });

      it("refuse a vector of another length", async () => {
        const document = testDocument("po-1", [{ chunks: ["a"], access: open }]);
        await expect(ingested.write(document, new Map([["po-1/main/0", unit(1, 2)]]))).rejects.toMatchObject({
          code: "internal",
        });
      });

      it("are counted by source and model, with those that nobody can read", async () => {
        const file = { kind: "policy", model: "file", source: "folder:test" };
        await write(
          testDocument("po-1", [{ chunks: ["a", "b"], access: open }]),
          testDocument("f-1", [{ chunks: ["a"], access: { model: ["file"], readers: [] } }], file),
          testDocument("f-2", [{ chunks: ["a"], access: { model: ["file"] } }], file),
          testDocument("f-3", [{ chunks: ["a"], access: { model: ["file"], readers: ["public"] } }], file),
        );
        expect([...(await ingested.counts())]).toEqual([
          { source: "folder:test", model: "file", documents: 3, chunks: 3, unreadable: 2 },
          { source: "odoo:test", model: "purchase.order", documents: 1, chunks: 2, unreadable: 0 },
        ]);
      });
    });

    describe("failures of ingestion", () => {
      const failure = {
        source: "odoo:test",
        key: "po-1",
        code: "empty-file",
        reason: "No text.",
        at: "2026-11-20T10:00:00.000Z",
      };

      it("are kept until the document is written", async () => {
        await ingested.fail(failure, { keepEarlier: false });
        await ingested.fail({ ...failure, reason: "Still none." }, { keepEarlier: false });
        expect([...(await ingested.failures("odoo:test"))]).toEqual([{ ...failure, reason: "Still none." }]);
        expect(await ingested.failures("folder:test")).toHaveLength(0);
        expect(await ingested.failures()).toHaveLength(1);
        await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
        expect(await ingested.failures()).toHaveLength(0);
      });

      it("keep or remove the earlier version, as asked", async () => {
        await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
        await ingested.fail(failure, { keepEarlier: true });
        expect(await partsOf("po-1")).toHaveLength(1);
        await ingested.fail(failure, { keepEarlier: false });
        expect(await partsOf("po-1")).toHaveLength(0);
        await ingested.write(testDocument("po-1", [{ chunks: ["text"], access: open }]), NO_VECTORS);
      });
    });

    describe("reading", () => {
      it("gives chunks in the order asked for, once each, and leaves out what is unknown or not permitted alike", async () => {
        await write(
          testDocument("a", [{ chunks: ["one", "two"], access: open }]),
          testDocument("b", [{ chunks: ["hidden"], access: { ...open, company_id: [2] } }]),
        );
        const read = await database.readable.chunks(
          ["b/main/0", "a/main/1", "unknown", "a/main/0", "a/main/1"],
          company(1),
        );
        expect(read.map((chunk) => chunk.text)).toEqual(["two", "one"]);
        expect(await database.readable.chunks(["b/main/0"], company(1))).toEqual(
          await database.readable.chunks(["unknown"], company(1)),
        );
        expect(await partsOf("b", company(1))).toEqual(await partsOf("unknown", company(1)));
        expect(await database.readable.chunks(["a/main/0"], NOTHING)).toEqual([]);
      });

      it("shows nothing that lacks what a rule names, not even under a negation", async () => {
        await write(testDocument("a", [{ chunks: ["one"], access: { model: ["m"] } }]));
        const notTwo = filterOf({ kind: "not", expression: { kind: "anyOf", field: "company_id", values: [2] } });
        expect(await partsOf("a", notTwo)).toEqual([]);
        expect(await database.readable.chunks(["a/main/0"], notTwo)).toEqual([]);
      });

      it("shows of a document only the parts that the reader may see", async () => {
        await write(
          testDocument("a", [
            { chunks: ["open"], access: { ...open, requires: [] } },
            { key: "cost", chunks: ["secret"], access: { ...open, requires: [7] }, facts: [fact("margin", 12)] },
          ]),
        );
        const withoutGroup = filterOf({ kind: "isUnset", field: "requires" });
        expect((await partsOf("a", withoutGroup)).map((part) => part.text)).toEqual(["open"]);
        expect((await partsOf("a")).map((part) => part.part)).toEqual(["cost", "main"]);
        const byHiddenFact = { facts: [{ name: "margin", value: 12 }], limit: 5 };
        expect(await database.readable.parts(byHiddenFact, withoutGroup)).toEqual([]);
        expect(await database.readable.parts(byHiddenFact, EVERYTHING)).toHaveLength(2);
      });

      it("stops showing a document in the moment in which its access narrows", async () => {
        await write(testDocument("a", [{ chunks: ["text"], access: open }]));
        expect(await partsOf("a", company(1))).toHaveLength(1);
        await write(testDocument("a", [{ chunks: ["text"], access: { ...open, company_id: [2] } }]));
        expect(await partsOf("a", company(1))).toEqual([]);
        expect(await database.readable.chunks(["a/main/0"], company(1))).toEqual([]);
      });

      it("selects by every stated condition together", async () => {
        await write(
          testDocument("a", [{ chunks: ["a"], access: open, facts: [fact("name", "P1"), fact("partner_id", 4)] }], {
            recordId: 1,
            title: "P1",
          }),
          testDocument("b", [{ chunks: ["b"], access: open, facts: [fact("name", "P2"), fact("partner_id", 4)] }], {
            recordId: 2,
            title: "P2",
          }),
          testDocument("c", [{ chunks: ["c"], access: open, facts: [fact("name", "4"), fact("partner_id", "4")] }], {
            kind: "policy",
            model: "file",
          }),
        );
        const ids = async (selection: Omit<Parameters<typeof database.readable.parts>[0], "limit">) =>
          (await database.readable.parts({ ...selection, limit: 10 }, EVERYTHING)).map(
            (part) => part.document.documentId,
          );
        expect(await ids({})).toEqual(["a", "b", "c"]);
        expect(await ids({ documentIds: ["c", "a", "z"] })).toEqual(["a", "c"]);
        expect(await ids({ model: "purchase.order", recordIds: [2, 3] })).toEqual(["b"]);
        expect(await ids({ kind: "policy" })).toEqual(["c"]);
        expect(await ids({ title: "P2" })).toEqual(["b"]);
        expect(await ids({ facts: [{ name: "partner_id", value: 4 }] })).toEqual(["a", "b"]);
        expect(await ids({ facts: [{ name: "partner_id", value: "4" }] })).toEqual(["c"]);
        expect(
          await ids({
            facts: [
              { name: "partner_id", value: 4 },
              { name: "name", value: "P2" },
            ],
          }),
        ).toEqual(["b"]);
        expect(await ids({ documentIds: [] })).toEqual([]);
      });

      it("limits documents, not their parts, in the order of their keys", async () => {
        await write(
          ...["b", "a", "c"].map((id) =>
            testDocument(id, [
              { chunks: [id], access: open },
              { key: "extra", chunks: [id], access: open },
            ]),
          ),
        );
        const parts = await database.readable.parts({ limit: 2 }, EVERYTHING);
        expect(parts.map((part) => `${part.document.key} ${part.part}`)).toEqual([
          "a extra",
          "a main",
          "b extra",
          "b main",
        ]);
      });

      it("ends with `cancelled` when the caller has gone", async () => {
        const gone = AbortSignal.abort();
        await expect(database.readable.chunks(["a"], EVERYTHING, gone)).rejects.toMatchObject({ code: "cancelled" });
        await expect(database.readable.parts({ limit: 1 }, EVERYTHING, gone)).rejects.toMatchObject({
          code: "cancelled",
        });
      });
    });

    describe("policy snapshots", () => {
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

      it("give back the newest, exactly as it was saved", async () => {
        expect(await database.policies.latest()).toBeNull();
        const newest = snapshot("two", "2026-11-20T11:00:00.000Z");
        await database.policies.save(newest);
        await database.policies.save(snapshot("one", "2026-11-20T10:00:00.000Z"));
        expect(JSON.stringify(await database.policies.latest())).toBe(JSON.stringify(newest));
      });

      it("return to an earlier epoch when that is what was read last", async () => {
        await database.policies.save(snapshot("one", "2026-11-20T12:00:00.000Z"));
        expect((await database.policies.latest())?.epoch).toBe("one");
      });
    });

    describe("API keys", () => {
      it("open for their login until revoked", async () => {
        const { key, id } = await database.apiKeys.create("bo.buyer", "laptop");
        const other = await database.apiKeys.create("ada.sales", "phone");
        expect(await database.apiKeys.verify(key)).toBe("bo.buyer");
        expect(await database.apiKeys.revoke(id)).toBe(true);
        expect(await database.apiKeys.revoke(id)).toBe(false);
        expect(await database.apiKeys.verify(key)).toBeNull();
        expect(await database.apiKeys.verify(other.key)).toBe("ada.sales");
        const listed = (await database.apiKeys.list()).find((each) => each.id === id);
        expect(listed).toMatchObject({ login: "bo.buyer", label: "laptop", revokedAt: expect.any(String) });
        expect(JSON.stringify(await database.apiKeys.list())).not.toContain(key);
      });

      it("open nothing when they are not one", async () => {
        for (const wrong of ["", "gw_", "\u0000", "' or true --", "x".repeat(10_000)]) {
          expect(await database.apiKeys.verify(wrong)).toBeNull();
        }
      });
    });

    it("remembers the newest audit entries first", async () => {
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
      for (const requestId of ["r1", "r2", "r3"]) await database.audit.append(entry(requestId));
      expect([...(await database.audit.recent(2))]).toEqual([entry("r3"), entry("r2")]);
    });

    it("keeps settings", async () => {
      expect(await database.settings.get("embedder")).toBeNull();
      await database.settings.set("embedder", "minilm");
      await database.settings.set("embedder", "other");
      expect(await database.settings.get("embedder")).toBe("other");
    });

    it("answers a ping, and reads the same after maintenance", async () => {
      await write(
        testDocument("a", [{ chunks: ["text"], access: open }]),
        testDocument("b", [{ chunks: ["text"], access: { x: [1] } }]),
      );
      await ingested.remove("odoo:test", ["b"]);
      const before = await partsOf("a", company(1));
      await database.maintain();
      await database.ping();
      expect(await partsOf("a", company(1))).toEqual(before);
      await write(testDocument("b", [{ chunks: ["text"], access: { x: [1] } }]));
      expect(await partsOf("b")).toHaveLength(1);
    });
  });
}
