import { describe, expect, it } from "vitest";

import type { Document, FileOrigin } from "../../infra/document.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { anyOf } from "../../permissions/expression.ts";
import { EVERYTHING, filterOf } from "../support/filter.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { fact, NO_VECTORS, testDocument, unit, writeEmbedded } from "../support/test-document.ts";
import { firstSpace, question } from "../support/one-embedder.ts";

const open = { model: ["purchase.order"], company_id: [1] };

const ofUsers = (...users: readonly number[]) => ({ model: ["project.task"], user_ids: users });

/** The part of the database's contract that ingestion uses. `opened` gives an empty corpus in each test. */
const SPACE = firstSpace(4);

export function ingestedDocumentsContract(opened: () => TestDatabase): void {
  const write = (...documents: Document[]) =>
    Promise.all(documents.map((document) => writeEmbedded(opened().database, document, NO_VECTORS)));
  const partsOf = (id: string, filter = EVERYTHING) =>
    opened().database.readable.parts({ documentIds: [id], limit: 10 }, filter);

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
        recheck: { attributes: open, textHash: "73621482ff083eca9ea88880393298f7d3f53402200780b0c16354a9beb0535a" },
      });
      expect(await opened().database.ingested.states("odoo:test")).toEqual(
        new Map([["po-1", { contentHash: "hash of po-1" }]]),
      );
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
      const chunks = await opened().database.readable.chunks(
        ["po-1/main/0", "po-1/main/1", "po-1/extra/0"],
        EVERYTHING,
      );
      expect(chunks.map((chunk) => chunk.text)).toEqual(["new"]);
      expect((await opened().database.ingested.states("odoo:test")).get("po-1")).toEqual({ contentHash: "second" });
    });

    it("keep every span over text that Postgres cannot hold as it is", async () => {
      const texts = ["emoji 🙂 here", "nul \u0000 there", "half \uD83D of a pair", "after"];
      await write(testDocument("odd", [{ chunks: texts, access: open }]));
      const [part] = await partsOf("odd");
      const chunks = await opened().database.readable.chunks(
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
      await expect(opened().database.ingested.write([wrong])).rejects.toMatchObject({ code: "internal" });
      expect(await opened().database.ingested.states("odoo:test")).toEqual(new Map());
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
      await expect(opened().database.ingested.write([clash])).rejects.toMatchObject({
        code: "database",
        retryable: false,
      });
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
      expect((await opened().database.ingested.states("odoo:test")).size).toBe(40);
    });

    it("stay whole when the same one is written many times at once, beside maintenance", async () => {
      const versions = Array.from({ length: 12 }, (_, version) =>
        testDocument("po-1", [{ chunks: [`version ${version}`, "rest"], access: { user_id: [version] } }], {
          contentHash: `${version}`,
        }),
      );
      await Promise.all([write(...versions.slice(0, 6)), opened().database.maintain(), write(...versions.slice(6))]);
      const [part, ...others] = await partsOf("po-1");
      const state = (await opened().database.ingested.states("odoo:test")).get("po-1");
      expect(others).toEqual([]);
      expect(part?.text).toBe(`version ${state?.contentHash}\nrest`);
      expect(part?.spans).toHaveLength(2);
    });

    it("vanish with everything of theirs when removed", async () => {
      await writeEmbedded(
        opened().database,
        testDocument("po-1", [{ chunks: ["text"], access: open }]),
        new Map([["po-1/main/0", unit(1, 2, 3, 4)]]),
      );
      await opened().database.ingested.remove("folder:test", ["po-1"]);
      expect(await partsOf("po-1")).toHaveLength(1);
      await opened().database.ingested.remove("odoo:test", ["po-1"]);
      expect(await partsOf("po-1")).toEqual([]);
      expect(await opened().database.readable.chunks(["po-1/main/0"], EVERYTHING)).toEqual([]);
    });

    it("have their vectors asked for until they are there, and keep those of chunks that stay", async () => {
      const { ingested, vectors } = opened().database;
      const document = testDocument("po-1", [{ chunks: ["a", "b"], access: open }], { title: "P1" });
      const unembedded = async () => (await vectors.unembedded(SPACE, ["po-1"])).map(({ chunkId }) => chunkId);
      await ingested.write([document]);
      expect((await vectors.unembedded(SPACE, ["po-1", "none"]))[0]).toEqual({
        chunkId: "po-1/main/0",
        title: "P1",
        headings: [],
        text: "a",
      });
      expect(await vectors.documentsUnembedded(SPACE, "", 9)).toEqual(["po-1"]);
      await vectors.add(
        SPACE,
        new Map([
          ["po-1/main/0", unit(1, 0, 0, 0)],
          ["gone/main/0", unit(1, 0, 0, 0)],
        ]),
      );
      expect(await unembedded()).toEqual(["po-1/main/1"]);
      await ingested.write([testDocument("po-1", [{ chunks: ["a", "b", "c"], access: open }], { title: "P1" })]);
      expect(await unembedded()).toEqual(["po-1/main/1", "po-1/main/2"]);
      await vectors.add(
        SPACE,
        new Map(["po-1/main/1", "po-1/main/2"].map((id, at) => [id, unit(0, 1, at, 0)] as const)),
      );
      expect(await vectors.documentsUnembedded(SPACE, "", 9)).toEqual([]);
      const { vector } = await opened().index.search(
        { text: "", vector: question(unit(1, 0, 0, 0)), limit: 9 },
        EVERYTHING,
      );
      expect(vector.map(({ chunkId }) => chunkId)[0]).toBe("po-1/main/0");
      expect(vector).toHaveLength(3);
    });

    it("give a vector the access that its chunk has now", async () => {
      const { ingested, vectors } = opened().database;
      await ingested.write([testDocument("po-1", [{ chunks: ["a"], access: open }])]);
      await ingested.updateAccess("odoo:test", [{ key: "po-1", parts: [{ key: "main", access: ofUsers(7) }] }]);
      await vectors.add(SPACE, new Map([["po-1/main/0", unit(1, 0, 0, 0)]]));
      const found = async (filter: AccessFilter) =>
        (await opened().index.search({ text: "", vector: question(unit(1, 0, 0, 0)), limit: 9 }, filter)).vector.length;
      expect(await found(filterOf(anyOf("user_ids", [7])))).toBe(1);
      expect(await found(filterOf(anyOf("company_id", [1])))).toBe(0);
    });

    it("give what their file came to, and nothing of their record, as long as one with that file is held", async () => {
      const { ingested } = opened().database;
      const origin = { key: "k1", title: "Offer", kind: "e-invoice", language: "en", facts: 1 };
      const ofFile = (id: string, file: FileOrigin) => {
        const facts = [fact("name", id), fact("invoice", "R-7")];
        const document = testDocument(id, [{ chunks: ["net 30", "per piece"], access: open, facts }], { title: id });
        return { ...document, parts: document.parts.map((part) => ({ ...part, file })) };
      };
      await ingested.write([ofFile("a", origin), ofFile("b", origin), ofFile("c", { key: "k2", facts: 0 })]);
      const spans = [
        { start: 0, end: 6, page: null, headings: [] },
        { start: 7, end: 16, page: null, headings: [] },
      ];
      const twin = { text: "net 30\nper piece", spans, facts: [fact("invoice", "R-7")], origin };
      expect(await ingested.twin("k1")).toEqual(twin);
      expect(await ingested.twin("k2")).toEqual({ ...twin, facts: [], origin: { key: "k2", facts: 0 } });
      expect(await ingested.twin("k3")).toBeNull();
      await ingested.remove("odoo:test", ["a"]);
      expect(await ingested.twin("k1")).toEqual(twin);
      await ingested.write([testDocument("b", [{ chunks: ["net 30"], access: open }])]);
      expect(await ingested.twin("k1")).toBeNull();
      expect((await partsOf("b")).map(({ text }) => text)).toEqual(["net 30"]);
    });

    it("share the vector of chunks of which the same was embedded, each under its own access", async () => {
      const { ingested, vectors } = opened().database;
      const named = (id: string, title: string, text: string, user: number) =>
        testDocument(id, [{ chunks: [text], access: ofUsers(user) }], { title });
      await ingested.write([named("a", "Offer", "net 30", 7), named("b", "Offer", "net 30", 8)]);
      expect(await vectors.share(SPACE, ["a", "b"])).toBe(0);
      await vectors.add(SPACE, new Map([["a/main/0", unit(0, 0, 1, 0)]]));
      await ingested.write([named("c", "Invoice", "net 30", 9), named("d", "Offer", "net 31", 9)]);
      expect(await vectors.share(SPACE, ["b", "c", "d", "none"])).toBe(1);
      expect(await vectors.documentsUnembedded(SPACE, "", 9)).toEqual(["c", "d"]);
      const found = async (user: number) => {
        const query = { text: "", vector: question(unit(0, 0, 1, 0)), limit: 9 };
        const { vector } = await opened().index.search(query, filterOf(anyOf("user_ids", [user])));
        return vector.map(({ chunkId }) => chunkId);
      };
      expect([await found(7), await found(8), await found(9)]).toEqual([["a/main/0"], ["b/main/0"], []]);
      await ingested.updateAccess("odoo:test", [{ key: "b", parts: [{ key: "main", access: ofUsers(9) }] }]);
      await ingested.remove("odoo:test", ["a"]);
      expect([await found(7), await found(8), await found(9)]).toEqual([[], [], ["b/main/0"]]);
    });

    it("leave nothing of a vector behind that the next one could share", async () => {
      const { ingested, vectors } = opened().database;
      const parts = [{ chunks: ["net 30"], access: open }];
      await writeEmbedded(opened().database, testDocument("a", parts), new Map([["a/main/0", unit(1, 0, 0, 0)]]));
      await ingested.remove("odoo:test", ["a"]);
      await ingested.write([testDocument("b", parts)]);
      expect(await vectors.share(SPACE, ["b"])).toBe(0);
      expect(await vectors.documentsUnembedded(SPACE, "", 9)).toEqual(["b"]);
    });

    it("refuse a vector of another length", async () => {
      const document = testDocument("po-1", [{ chunks: ["a"], access: open }]);
      const { ingested, vectors } = opened().database;
      await ingested.write([document]);
      await expect(vectors.add(SPACE, new Map([["po-1/main/0", unit(1, 2)]]))).rejects.toMatchObject({
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
      expect([...(await opened().database.ingested.counts())]).toEqual([
        { source: "folder:test", model: "file", documents: 3, chunks: 3, unreadable: 2 },
        { source: "odoo:test", model: "purchase.order", documents: 1, chunks: 2, unreadable: 0 },
      ]);
      const unreadable = ["f-1", "f-2"].map((key) => ({ source: "folder:test", key }));
      expect([...(await opened().database.ingested.unreadable(9))]).toEqual(unreadable);
      expect([...(await opened().database.ingested.unreadable(1))]).toEqual(unreadable.slice(0, 1));
    });
  });
}
