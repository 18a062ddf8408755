import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { ChunkIndex, ChunkQuery, ChunkSelection } from "../../infra/chunk-index/port.ts";
import type { ChunkVectors, Document } from "../../infra/document.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { accessAttributes, accessExpression } from "../support/access-arbitraries.ts";
import { EVERYTHING, filterOf, NOTHING } from "../support/filter.ts";
import { PATIENCE } from "../support/test-database.ts";
import { fact, NO_VECTORS, testDocument, unit } from "../support/test-document.ts";
import { question } from "../support/one-embedder.ts";

/** An index with the way in which documents reach it; the vectors have four dimensions. */
export interface IndexUnderTest {
  readonly index: ChunkIndex;
  write(document: Document, vectors: ChunkVectors): Promise<void>;
  remove(documentId: string): Promise<void>;
  /** Takes out everything that was written. */
  empty(): Promise<void>;
  discard(): Promise<void>;
}

const open = { company_id: [1] };
const hidden = { company_id: [2] };
const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });

const ask = (text: string, values: Float32Array | null = null, limit = 10): ChunkQuery => ({
  text,
  vector: values === null ? null : question(values),
  limit,
});

/** What every index behind `infra/chunk-index/port.ts` does. */
export function chunkIndexContract(name: string, openIndex: () => Promise<IndexUnderTest>): void {
  describe(`${name} as a chunk index`, () => {
    let tested: IndexUnderTest;

    beforeAll(async () => {
      tested = await openIndex();
    }, PATIENCE);
    afterAll(() => tested.discard());
    beforeEach(() => tested.empty());

    const keyword = async (text: string, filter = EVERYTHING) =>
      (await tested.index.search(ask(text), filter)).keyword.map((candidate) => candidate.chunkId);
    const write = async (id: string, text: string, access = open, overrides: Partial<Document> = {}) =>
      tested.write(testDocument(id, [{ chunks: [text], access }], overrides), NO_VECTORS);

    /** What “copper” finds with “steel” beside it. */
    const expanded = async (weight: number) => {
      const query = { ...ask("copper"), expansion: [{ term: "steel", weight }] };
      return (await tested.index.search(query, EVERYTHING)).keyword.map(({ chunkId }) => chunkId);
    };
    const labelled = async (...labels: readonly string[]) => {
      const query = { ...ask("copper"), selection: { labels } };
      return (await tested.index.search(query, reader)).keyword.map(({ chunkId }) => chunkId).sort();
    };

    const narrowedTo = async (selection: ChunkSelection, filter = reader) => {
      const query = { ...ask("copper"), selection };
      return (await tested.index.search(query, filter)).keyword.map(({ chunkId }) => chunkId).sort();
    };

    it("finds words whatever their form, identifiers as a whole and amounts however written", async () => {
      await write("words", "The suppliers were ordering breakers");
      await write("identifier", "Agreement SA-2025-014 covers VOL-CB-10");
      await write("amount", "Total 18,400.00 USD");
      expect(await keyword("supplier order")).toEqual(["words/main/0"]);
      expect(await keyword("what is SA-2025-014?")).toEqual(["identifier/main/0"]);
      expect(await keyword("vol-cb-10")).toEqual(["identifier/main/0"]);
      expect(await keyword("18400")).toEqual(["amount/main/0"]);
    });

    it("finds a chunk by the title of its document", async () => {
      await write("order", "five boxes of gloves", open, { title: "P00012" });
      expect(await keyword("p00012")).toEqual(["order/main/0"]);
    });

    it("finds by the terms beside the question, each as much as it weighs", async () => {
      await write("asked", "copper");
      await write("beside", "steel");
      expect(await expanded(0.5)).toEqual(["asked/main/0", "beside/main/0"]);
      expect(await expanded(2)).toEqual(["beside/main/0", "asked/main/0"]);
    });

    it("puts the chunk that says more about a rarer word first", async () => {
      await write("twice", "copper wire and copper pipe");
      await write("once", "copper wire and steel pipe");
      await write("none", "steel pipe and steel wire");
      expect(await keyword("copper wire")).toEqual(["twice/main/0", "once/main/0", "none/main/0"]);
    });

    it("orders vectors by cosine", async () => {
      const vectors = { near: unit(1, 0.1, 0, 0), far: unit(0, 0, 1, 0), middle: unit(1, 1, 0, 0) };
      for (const [id, vector] of Object.entries(vectors)) {
        await tested.write(testDocument(id, [{ chunks: ["text"], access: open }]), new Map([[`${id}/main/0`, vector]]));
      }
      const { vector, keyword: none } = await tested.index.search(ask("", unit(1, 0, 0, 0)), EVERYTHING);
      expect(none).toEqual([]);
      expect(vector.map((candidate) => candidate.chunkId)).toEqual(["near/main/0", "middle/main/0", "far/main/0"]);
      expect(vector[1]?.score).toBeCloseTo(Math.SQRT1_2, 5);
    });

    it("answers both lists at once and holds each to the limit", async () => {
      for (let each = 0; each < 6; each++) {
        const document = testDocument(`d${each}`, [{ chunks: ["copper"], access: open }]);
        await tested.write(document, new Map([[`d${each}/main/0`, unit(1, each, 0, 0)]]));
      }
      const found = await tested.index.search(ask("copper", unit(1, 0, 0, 0), 4), EVERYTHING);
      expect(found.keyword).toHaveLength(4);
      expect(found.vector.map((candidate) => candidate.chunkId)).toEqual([
        "d0/main/0",
        "d1/main/0",
        "d2/main/0",
        "d3/main/0",
      ]);
    });

    it("finds nothing when nothing is asked or nothing is permitted", async () => {
      await write("a", "copper");
      const nothing = { keyword: [], vector: [] };
      expect(await tested.index.search(ask("the of and ?!"), EVERYTHING)).toEqual(nothing);
      expect(await tested.index.search(ask(""), EVERYTHING)).toEqual(nothing);
      expect(await tested.index.search(ask("copper", unit(1, 0, 0, 0)), NOTHING)).toEqual(nothing);
    });

    it("takes a pasted page as a question", async () => {
      await write("a", "copper");
      const page = `copper ${Array.from({ length: 20_000 }, (_, position) => `word${position}`).join(" ")}`;
      expect(await keyword(page)).toEqual(["a/main/0"]);
    });

    it("gives the same candidates and the same scores however much the reader cannot see", async () => {
      for (let each = 0; each < 8; each++) {
        const document = testDocument(`open${each}`, [{ chunks: [`copper ${"wire ".repeat(each)}`], access: open }]);
        await tested.write(document, new Map([[`open${each}/main/0`, unit(1, each, each * each, 0)]]));
      }
      const query = ask("copper wire pipe", unit(1, 2, 3, 0), 5);
      const before = await tested.index.search(query, reader);
      expect(before.keyword).toHaveLength(5);
      for (let each = 0; each < 25; each++) {
        const document = testDocument(`hidden${each}`, [
          { chunks: [`copper copper pipe ${"filler ".repeat(50)}`], access: hidden },
        ]);
        await tested.write(document, new Map([[`hidden${each}/main/0`, unit(1, 2, 3, 0)]]));
      }
      expect(await tested.index.search(query, reader)).toEqual(before);
    });

    it("takes away by selection and changes no score", async () => {
      await write("order", "copper wire", open, { model: "purchase.order", source: "odoo:test" });
      await write("policy", "copper copper rules", open, { model: "file", kind: "policy", source: "folder:test" });
      await tested.write(
        testDocument("invoice", [{ chunks: ["copper"], access: open }], { model: "account.move", kind: "invoice" }),
        new Map([["invoice/main/0", unit(1, 1, 1, 1)]]),
      );
      const all = await tested.index.search(ask("copper", unit(1, 0, 0, 0)), reader);
      const narrowed = async (selection: ChunkQuery["selection"] & object) =>
        tested.index.search({ ...ask("copper", unit(1, 0, 0, 0)), selection }, reader);
      expect((await narrowed({ models: ["file"] })).keyword).toEqual(
        all.keyword.filter((each) => each.chunkId === "policy/main/0"),
      );
      expect((await narrowed({ kinds: ["invoice", "policy"] })).keyword).toHaveLength(2);
      expect((await narrowed({ sources: ["folder:test"] })).keyword).toHaveLength(1);
      expect((await narrowed({ documentIds: ["order", "unknown"] })).keyword.map((each) => each.chunkId)).toEqual([
        "order/main/0",
      ]);
      expect(await narrowed({ models: ["account.move"], kinds: ["policy"] })).toEqual({ keyword: [], vector: [] });
      expect((await narrowed({ models: ["account.move"] })).vector).toEqual(all.vector);
      expect((await narrowed({ models: [] })).keyword).toEqual([]);
    });

    it("takes away what does not carry every label asked for", async () => {
      await write("both", "copper", open, { metadata: { labels: ["org=north", "year=2025"] } });
      await write("one", "copper", open, { metadata: { labels: ["org=north"] } });
      await write("none", "copper");
      expect(await labelled("org=north")).toEqual(["both/main/0", "one/main/0"]);
      expect(await labelled("org=north", "year=2025")).toEqual(["both/main/0"]);
      expect(await labelled("org=nor")).toEqual([]);
    });

    it("takes away all but the records asked for, by model and id", async () => {
      await write("order", "copper", open, { model: "purchase.order", recordId: 7 });
      await write("invoice", "copper", open, { model: "account.move", recordId: 7 });
      await write("hidden", "copper", hidden, { model: "purchase.order", recordId: 8 });
      expect(await narrowedTo({ records: [{ model: "purchase.order", ids: [7, 9] }] })).toEqual(["order/main/0"]);
      const both = [
        { model: "purchase.order", ids: [7] },
        { model: "account.move", ids: [7] },
      ];
      expect(await narrowedTo({ records: both })).toEqual(["invoice/main/0", "order/main/0"]);
      expect(await narrowedTo({ records: [{ model: "purchase.order", ids: [8] }] })).toEqual([]);
      expect(await narrowedTo({ records: [{ model: "purchase.order", ids: [] }] })).toEqual([]);
      expect(await narrowedTo({ records: [] })).toEqual([]);
    });

    it("takes away what has no day within those asked for, first and last day included", async () => {
      const dated = (day: string) => [{ chunks: ["copper"], access: open, facts: [fact("date_order", day)] }];
      await tested.write(testDocument("old", dated("2025-03-01 10:00:00")), NO_VECTORS);
      await tested.write(testDocument("new", dated("2026-03-01")), NO_VECTORS);
      await write("policy", "copper", open, { model: "file", metadata: { effective: "2026-03-02" } });
      await write("undated", "copper");
      expect(await narrowedTo({ days: { from: "2026-03-01" } })).toEqual(["new/main/0", "policy/main/0"]);
      expect(await narrowedTo({ days: { until: "2026-03-01" } })).toEqual(["new/main/0", "old/main/0"]);
      expect(await narrowedTo({ days: { from: "2025-03-01", until: "2025-03-01" } })).toEqual(["old/main/0"]);
      expect(await narrowedTo({ days: {} })).toEqual(["new/main/0", "old/main/0", "policy/main/0"]);
    });

    it("goes by a day for those alone who may read the part that states it", async () => {
      const parts = [
        { key: "main", chunks: ["copper"], access: open },
        { key: "cost", chunks: ["copper cost"], access: hidden, facts: [fact("date_order", "2026-03-01")] },
      ];
      await tested.write(testDocument("a", parts), NO_VECTORS);
      expect(await narrowedTo({ days: { from: "2026-01-01" } })).toEqual([]);
      expect(await narrowedTo({ days: { from: "2026-01-01" } }, EVERYTHING)).toEqual(["a/cost/0", "a/main/0"]);
    });

    it("follows a change of kind and of day without the text having changed", async () => {
      await write("a", "copper", open, { kind: "note", metadata: { effective: "2025-01-01" } });
      await write("a", "copper", open, { kind: "policy", metadata: { effective: "2026-01-01" } });
      expect(await narrowedTo({ kinds: ["policy"], days: { from: "2026-01-01" } })).toEqual(["a/main/0"]);
      expect(await narrowedTo({ kinds: ["note"] })).toEqual([]);
    });

    it("forgets what was replaced and what was removed", async () => {
      await write("a", "copper");
      await write("a", "steel");
      expect(await keyword("copper")).toEqual([]);
      await tested.remove("a");
      expect(await keyword("steel")).toEqual([]);
    });

    it("follows a change of access, both ways, without its text having changed", async () => {
      await write("a", "copper", hidden);
      expect(await keyword("copper", reader)).toEqual([]);
      await write("a", "copper", open);
      expect(await keyword("copper", reader)).toEqual(["a/main/0"]);
      await write("a", "copper", hidden);
      expect(await keyword("copper", reader)).toEqual([]);
    });

    it("holds each part of a document to its own access", async () => {
      const parts = [
        { key: "main", chunks: ["copper"], access: open },
        { key: "cost", chunks: ["copper cost"], access: hidden },
      ];
      const vectors = new Map(["a/main/0", "a/cost/0"].map((id) => [id, unit(1, 0, 0, 0)]));
      await tested.write(testDocument("a", parts), vectors);
      const found = await tested.index.search(ask("copper cost", unit(1, 0, 0, 0)), reader);
      expect(found.keyword.map(({ chunkId }) => chunkId)).toEqual(["a/main/0"]);
      expect(found.vector.map(({ chunkId }) => chunkId)).toEqual(["a/main/0"]);
    });

    it("refuses a question's vector of another length than it holds, for good", async () => {
      await tested.write(
        testDocument("a", [{ chunks: ["copper"], access: open }]),
        new Map([["a/main/0", unit(1, 0, 0, 0)]]),
      );
      const short = {
        ...ask("copper", unit(1, 0, 0, 0)),
        vector: { ...question(unit(1, 0, 0, 0)), values: unit(1, 0, 0) },
      };
      await expect(tested.index.search(short, EVERYTHING)).rejects.toMatchObject({ code: "index", retryable: false });
    });

    it("ends with `cancelled` when the caller has gone", async () => {
      await expect(tested.index.search(ask("copper"), EVERYTHING, AbortSignal.abort())).rejects.toMatchObject({
        code: "cancelled",
      });
    });

    it("admits exactly the chunks that the filter admits, in both lists", { timeout: PATIENCE }, async () => {
      const sets = fc.sample(accessAttributes, { numRuns: 40, seed: 7 });
      for (const [position, access] of sets.entries()) {
        const document = testDocument(`d${position}`, [{ chunks: ["copper"], access }]);
        await tested.write(document, new Map([[`d${position}/main/0`, unit(1, position, 0, 0)]]));
      }
      for (const expression of fc.sample(accessExpression, { numRuns: 150, seed: 11 })) {
        const filter = filterOf(expression);
        const admitted = sets
          .flatMap((access, position) => (evaluateAccess(filter, access) ? [`d${position}/main/0`] : []))
          .sort();
        const found = await tested.index.search(ask("copper", unit(1, 0, 0, 0), 100), filter);
        expect(found.keyword.map((each) => each.chunkId).sort(), JSON.stringify(expression)).toEqual(admitted);
        expect(found.vector.map((each) => each.chunkId).sort(), JSON.stringify(expression)).toEqual(admitted);
      }
    });
  });
}
