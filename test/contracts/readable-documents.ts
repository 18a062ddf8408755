import { describe, expect, it } from "vitest";

import type { Document } from "../../infra/document.ts";
import type { PartSelection, ReadableDocuments } from "../../infra/db/port.ts";
import { EVERYTHING, filterOf, NOTHING } from "../support/filter.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { fact, NO_VECTORS, testDocument, writeEmbedded } from "../support/test-document.ts";

const open = { model: ["purchase.order"], company_id: [1] };
const successor = (id: string, companyId: number) =>
  testDocument(id, [{ chunks: ["new"], access: { model: ["file"], company_id: [companyId] } }], {
    model: "file",
    metadata: { supersedes: "FIN-1 v2" },
  });
const company = (id: number) => filterOf({ kind: "anyOf", field: "company_id", values: [id] });

/** The part of the database's contract that readers use. `opened` gives an empty corpus in each test. */
export function readableDocumentsContract(opened: () => TestDatabase): void {
  const write = (...documents: Document[]) =>
    Promise.all(documents.map((document) => writeEmbedded(opened().database, document, NO_VECTORS)));
  const partsOf = (id: string, filter = EVERYTHING) =>
    opened().database.readable.parts({ documentIds: [id], limit: 10 }, filter);

  const idsOf = async (selection: Omit<PartSelection, "limit">) =>
    (await opened().database.readable.parts({ ...selection, limit: 10 }, EVERYTHING)).map(
      (part) => part.document.documentId,
    );

  const chunks: ReadableDocuments["chunks"] = (...query) => opened().database.readable.chunks(...query);

  const superseding = async (filter = EVERYTHING) =>
    (await opened().database.readable.superseding?.(["FIN-1 v2", "FIN-9 v1"], filter))?.map((head) => head.documentId);

  describe("reading", () => {
    it("gives chunks in the order asked for, once each, and leaves out what is unknown or not permitted alike", async () => {
      await write(
        testDocument("a", [{ chunks: ["one", "two"], access: open }]),
        testDocument("b", [{ chunks: ["hidden"], access: { ...open, company_id: [2] } }]),
      );
      const read = await opened().database.readable.chunks(
        ["b/main/0", "a/main/1", "unknown", "a/main/0", "a/main/1"],
        company(1),
      );
      expect(read.map((chunk) => chunk.text)).toEqual(["two", "one"]);
      expect(await opened().database.readable.chunks(["b/main/0"], company(1))).toEqual(
        await opened().database.readable.chunks(["unknown"], company(1)),
      );
      expect(await partsOf("b", company(1))).toEqual(await partsOf("unknown", company(1)));
      expect(await opened().database.readable.chunks(["a/main/0"], NOTHING)).toEqual([]);
    });

    it("gives chunks with what stands around them in their own part alone, at the very place", async () => {
      const texts = ["one 💡", "two", "three ⚡ 💡", "four", "five"];
      const far = ["x".repeat(9_000), "near the end", "💡 the end"];
      await write(
        testDocument("a", [
          { chunks: texts, access: open },
          { key: "cost", chunks: ["secret"], access: { ...open, company_id: [2] } },
        ]),
        testDocument("b", [{ chunks: far, access: open }]),
      );
      const [whole, at] = [texts.join("\n"), ["a/main/0", "a/main/2", "a/main/4"]];
      const near = (await chunks(at, company(1), undefined, "neighbours")).map(({ context }) => context);
      expect(near.map((context) => context?.text)).toEqual(["one 💡\ntwo", "two\nthree ⚡ 💡\nfour", "four\nfive"]);
      for (const context of near) expect(whole.slice(context?.start, context?.end)).toBe(context?.text);
      const [section] = await chunks(["a/main/2"], company(1), undefined, "section");
      expect(section?.context).toEqual({ start: 0, end: whole.length, text: whole, headings: [] });
      const [late] = await chunks(["b/main/1"], company(1), undefined, "neighbours");
      expect(late?.context?.text).toBe("near the end\n💡 the end");
      expect(far.join("\n").slice(late?.context?.start, late?.context?.end)).toBe(late?.context?.text);
      expect((await chunks(["a/main/2"], company(1)))[0]?.context).toBeUndefined();
      expect(await chunks(["a/main/2", "a/cost/0"], company(3), undefined, "section")).toEqual([]);
    });

    it("finds the files that supersede a version, for those alone who may read them", async () => {
      await write(successor("a", 1), successor("b", 2));
      expect((await superseding())?.sort()).toEqual(["a", "b"]);
      expect(await superseding(company(1))).toEqual(["a"]);
      expect(await superseding(NOTHING)).toEqual([]);
    });

    it("shows nothing that lacks what a rule names, not even under a negation", async () => {
      await write(testDocument("a", [{ chunks: ["one"], access: { model: ["m"] } }]));
      const notTwo = filterOf({ kind: "not", expression: { kind: "anyOf", field: "company_id", values: [2] } });
      expect(await partsOf("a", notTwo)).toEqual([]);
      expect(await opened().database.readable.chunks(["a/main/0"], notTwo)).toEqual([]);
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
      expect(await opened().database.readable.parts(byHiddenFact, withoutGroup)).toEqual([]);
      expect(await opened().database.readable.parts(byHiddenFact, EVERYTHING)).toHaveLength(2);
    });

    it("stops showing a document in the moment in which its access narrows", async () => {
      await write(testDocument("a", [{ chunks: ["text"], access: open }]));
      expect(await partsOf("a", company(1))).toHaveLength(1);
      await write(testDocument("a", [{ chunks: ["text"], access: { ...open, company_id: [2] } }]));
      expect(await partsOf("a", company(1))).toEqual([]);
      expect(await opened().database.readable.chunks(["a/main/0"], company(1))).toEqual([]);
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
      expect(await idsOf({})).toEqual(["a", "b", "c"]);
      expect(await idsOf({ documentIds: ["c", "a", "z"] })).toEqual(["a", "c"]);
      expect(await idsOf({ model: "purchase.order", recordIds: [2, 3] })).toEqual(["b"]);
      expect(await idsOf({ kind: "policy" })).toEqual(["c"]);
      expect(await idsOf({ title: "P2" })).toEqual(["b"]);
      expect(await idsOf({ facts: [{ name: "partner_id", value: 4 }] })).toEqual(["a", "b"]);
      expect(await idsOf({ facts: [{ name: "partner_id", value: "4" }] })).toEqual(["c"]);
      expect(
        await idsOf({
          facts: [
            { name: "partner_id", value: 4 },
            { name: "name", value: "P2" },
          ],
        }),
      ).toEqual(["b"]);
      expect(await idsOf({ documentIds: [] })).toEqual([]);
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
      const parts = await opened().database.readable.parts({ limit: 2 }, EVERYTHING);
      expect(parts.map((part) => `${part.document.key} ${part.part}`)).toEqual([
        "a extra",
        "a main",
        "b extra",
        "b main",
      ]);
    });

    it("ends with `cancelled` when the caller has gone", async () => {
      const gone = AbortSignal.abort();
      await expect(opened().database.readable.chunks(["a"], EVERYTHING, gone)).rejects.toMatchObject({
        code: "cancelled",
      });
      await expect(opened().database.readable.parts({ limit: 1 }, EVERYTHING, gone)).rejects.toMatchObject({
        code: "cancelled",
      });
    });
  });
}
