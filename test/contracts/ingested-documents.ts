import { describe, expect, it } from "vitest";

import type { Document, Fact } from "../../infra/document.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { and, anyOf } from "../../permissions/expression.ts";
import { EVERYTHING, filterOf } from "../support/filter.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { fact, NO_VECTORS, testDocument, unit } from "../support/test-document.ts";

const open = { model: ["purchase.order"], company_id: [1] };

const ofUsers = (...users: readonly number[]) => ({ model: ["project.task"], user_ids: users });
const line = (id: number): Fact => ({ ...fact("product_id", 7), line: { model: "purchase.order.line", id } });

/** The part of the database's contract that ingestion uses. `opened` gives an empty corpus in each test. */
export function ingestedDocumentsContract(opened: () => TestDatabase): void {
  const write = (...documents: Document[]) =>
    Promise.all(documents.map((document) => opened().database.ingested.write(document, NO_VECTORS)));
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
      await expect(opened().database.ingested.write(wrong, NO_VECTORS)).rejects.toMatchObject({ code: "internal" });
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
      await expect(opened().database.ingested.write(clash, NO_VECTORS)).rejects.toMatchObject({
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
      await opened().database.ingested.write(
        testDocument("po-1", [{ chunks: ["text"], access: open }]),
        new Map([["po-1/main/0", unit(1, 2, 3, 4)]]),
      );
      await opened().database.ingested.remove("folder:test", ["po-1"]);
      expect(await partsOf("po-1")).toHaveLength(1);
      await opened().database.ingested.remove("odoo:test", ["po-1"]);
      expect(await partsOf("po-1")).toEqual([]);
      expect(await opened().database.readable.chunks(["po-1/main/0"], EVERYTHING)).toEqual([]);
      expect(await opened().database.ingested.vectors(["po-1/main/0"])).toEqual(new Map());
    });

    it("give back their vectors bit by bit", async () => {
      const vector = unit(0.1, -2 / 3, 1e-7, 3);
      await opened().database.ingested.write(
        testDocument("po-1", [{ chunks: ["a", "b"], access: open }]),
        new Map([["po-1/main/1", vector]]),
      );
      expect(await opened().database.ingested.vectors(["po-1/main/0", "po-1/main/1", "unknown"])).toEqual(
        new Map([["po-1/main/1", vector]]),
      );
    });

    it("refuse a vector of another length", async () => {
      const document = testDocument("po-1", [{ chunks: ["a"], access: open }]);
      await expect(
        opened().database.ingested.write(document, new Map([["po-1/main/0", unit(1, 2)]])),
      ).rejects.toMatchObject({
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

  describe("failures of ingestion", () => {
    const failure = {
      source: "odoo:test",
      key: "po-1",
      code: "empty-file",
      reason: "No text.",
      at: "2026-11-20T10:00:00.000Z",
    };

    it("are kept until the document is written", async () => {
      await opened().database.ingested.fail(failure, { keepEarlier: false });
      await opened().database.ingested.fail({ ...failure, reason: "Still none." }, { keepEarlier: false });
      expect([...(await opened().database.ingested.failures("odoo:test"))]).toEqual([
        { ...failure, reason: "Still none." },
      ]);
      expect(await opened().database.ingested.failures("folder:test")).toHaveLength(0);
      expect(await opened().database.ingested.failures()).toHaveLength(1);
      await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
      expect(await opened().database.ingested.failures()).toHaveLength(0);
    });

    it("keep or remove the earlier version, as asked", async () => {
      await write(testDocument("po-1", [{ chunks: ["text"], access: open }]));
      await opened().database.ingested.fail(failure, { keepEarlier: true });
      expect(await partsOf("po-1")).toHaveLength(1);
      await opened().database.ingested.fail(failure, { keepEarlier: false });
      expect(await partsOf("po-1")).toHaveLength(0);
      await opened().database.ingested.write(testDocument("po-1", [{ chunks: ["text"], access: open }]), NO_VECTORS);
    });

    it("tell the state of given items with what is attached to them", async () => {
      await write(
        testDocument("a", [{ chunks: ["one"], access: open }]),
        testDocument("a#1", [{ chunks: ["two"], access: open }]),
        testDocument("ab", []),
      );
      const states = await opened().database.ingested.states("odoo:test", ["a", "missing"]);
      expect([...states.keys()].toSorted()).toEqual(["a", "a#1"]);
      expect((await opened().database.ingested.states("odoo:test", [])).size).toBe(0);
    });

    it("take on new access at once: parts, chunks and vectors, and nothing of another source", async () => {
      const closed = { model: ["purchase.order"], company_id: [2] };
      const [ours, theirs] = [
        filterOf(and(anyOf("model", ["purchase.order"]), anyOf("company_id", [1]))),
        filterOf(and(anyOf("model", ["purchase.order"]), anyOf("company_id", [2]))),
      ];
      const document = testDocument("po-1", [
        { key: "main", chunks: ["alpha"], access: open },
        { key: "lines", chunks: ["beta"], access: open },
        { key: "gone", chunks: ["gamma"], access: open },
      ]);
      const vectors = new Map(
        document.parts.flatMap(({ chunks }) => chunks.map(({ id }) => [id, unit(1, 0, 0, 0)] as const)),
      );
      await opened().database.ingested.write(document, vectors);
      const access = [
        { key: "main", access: closed },
        { key: "lines", access: open },
        { key: "new", access: open },
      ];
      await opened().database.ingested.updateAccess("odoo:other", [{ key: "po-1", parts: access }]);
      expect((await partsOf("po-1", ours)).map(({ part }) => part)).toEqual(["gone", "lines", "main"]);
      await opened().database.ingested.updateAccess("odoo:test", [
        { key: "po-1", parts: access },
        { key: "po-unknown", parts: access },
      ]);
      expect((await partsOf("po-1", ours)).map(({ part }) => part)).toEqual(["lines"]);
      expect((await partsOf("po-1", theirs)).map(({ part }) => part)).toEqual(["main"]);
      const found = async (filter: AccessFilter) => {
        const query = { text: "alpha beta gamma", vector: unit(1, 0, 0, 0), limit: 10 };
        const { keyword, vector } = await opened().index.search(query, filter);
        return [keyword.length, vector.length];
      };
      expect(await found(ours)).toEqual([1, 1]);
      expect(await found(theirs)).toEqual([1, 1]);
    });

    it("are found by what their access attributes hold", async () => {
      await write(
        testDocument("task-1", [{ chunks: ["one"], access: ofUsers(7, 8) }], { recordId: 1, model: "project.task" }),
        testDocument("task-2", [{ chunks: ["two"], access: ofUsers(9) }], { recordId: 2, model: "project.task" }),
        testDocument("task-3", [{ chunks: ["three"], access: ofUsers(7) }], { recordId: 3, model: "other" }),
      );
      const { ingested } = opened().database;
      expect(await ingested.recordsBearing("odoo:test", "project.task", "user_ids", [8, 70])).toEqual([1]);
      expect(await ingested.recordsBearing("odoo:test", "project.task", "user_ids", [])).toEqual([]);
      expect(await ingested.recordsBearing("odoo:test", "project.task", "no_such", [7])).toEqual([]);
      expect(await ingested.recordsBearing("odoo:other", "project.task", "user_ids", [7])).toEqual([]);
    });

    it("are found by the lines that they show", async () => {
      await write(
        testDocument("po-1", [{ chunks: ["one"], access: open, facts: [line(11), line(12)] }], { recordId: 1 }),
        testDocument("po-2", [{ chunks: ["two"], access: open, facts: [line(21)] }], { recordId: 2 }),
      );
      const { ingested } = opened().database;
      expect(await ingested.recordsWithLines("odoo:test", "purchase.order.line", [12, 11, 99])).toEqual([1]);
      expect(await ingested.recordsWithLines("odoo:test", "sale.order.line", [12])).toEqual([]);
      expect(await ingested.recordsWithLines("odoo:other", "purchase.order.line", [12])).toEqual([]);
      expect(await ingested.recordsWithLines("odoo:test", "purchase.order.line", [])).toEqual([]);
    });
  });
}
