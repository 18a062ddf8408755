import { describe, expect, it } from "vitest";

import type { Document, Fact } from "../../infra/document.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { and, anyOf } from "../../permissions/expression.ts";
import { EVERYTHING, filterOf } from "../support/filter.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { fact, testDocument, unit, writeEmbedded } from "../support/test-document.ts";
import { question } from "../support/one-embedder.ts";

const open = { model: ["purchase.order"], company_id: [1] };

const ofUsers = (...users: readonly number[]) => ({ model: ["project.task"], user_ids: users });
const line = (id: number): Fact => ({ ...fact("product_id", 7), line: { model: "purchase.order.line", id } });

/** How the database tells what is held of items, and takes on their changes. `opened` gives an empty corpus in each test. */
export function ingestedItemsContract(opened: () => TestDatabase): void {
  const write = (...documents: Document[]) => opened().database.ingested.write(documents);
  const partsOf = (id: string, filter = EVERYTHING) =>
    opened().database.readable.parts({ documentIds: [id], limit: 10 }, filter);

  describe("ingested items", () => {
    it("are not written when their item has changed since they were read", async () => {
      const { ingested } = opened().database;
      const readAt = await ingested.moment();
      const [item, attached] = [testDocument("a", []), testDocument("a#1", [])];
      const found = [{ key: "a", fingerprint: "new" }];
      expect(await ingested.noteChanged("odoo:test", found, await ingested.moment())).toEqual(new Set(["a"]));
      expect(await ingested.write([item, attached, testDocument("b", [])], readAt)).toEqual(new Set(["b"]));
      expect(await ingested.write([item], await ingested.moment())).toEqual(new Set(["a"]));
      expect(await ingested.noteChanged("odoo:test", found, await ingested.moment())).toEqual(new Set());
      const gone = [{ key: "a", fingerprint: null }];
      expect(await ingested.noteChanged("odoo:test", gone, await ingested.moment())).toEqual(new Set(["a"]));
      expect(await ingested.write([item], readAt)).toEqual(new Set());
      expect(await ingested.write([item])).toEqual(new Set(["a"]));
    });

    it("tell those of a window of ids, attached ones included", async () => {
      const { ingested } = opened().database;
      const keys = ["move/1", "move/2", "move/2#1-a.pdf", "move/10", "other/2", "folder/2/a.md", "move/x"];
      await ingested.write(keys.map((key) => testDocument(key.replaceAll("/", "-"), [], { key })));
      const within = async (idAfter: number, idUpTo: number | null) =>
        [...(await ingested.states("odoo:test", { model: "move", idAfter, idUpTo })).keys()].toSorted();
      expect(await within(0, 2)).toEqual(["move/1", "move/2", "move/2#1-a.pdf"]);
      expect(await within(2, null)).toEqual(["move/10"]);
      expect(await ingested.models("odoo:test")).toEqual(["purchase.order"]);
    });

    it("tell the state of given items with what is attached to them", async () => {
      await write(
        testDocument("a", [{ chunks: ["one"], access: open }]),
        testDocument("a#1", [{ chunks: ["two"], access: open }]),
        testDocument("ab", []),
      );
      const states = await opened().database.ingested.states("odoo:test", { keys: ["a", "missing"] });
      expect([...states.keys()].toSorted()).toEqual(["a", "a#1"]);
      expect((await opened().database.ingested.states("odoo:test", { keys: [] })).size).toBe(0);
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
      await writeEmbedded(opened().database, document, vectors);
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
        const query = { text: "alpha beta gamma", vector: question(unit(1, 0, 0, 0)), limit: 10 };
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
