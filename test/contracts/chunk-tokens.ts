import { beforeAll, describe, expect, it } from "vitest";

import type { VectorSpace } from "../../infra/db/vector-spaces.ts";
import { firstSpace } from "../support/one-embedder.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { NO_VECTORS, testDocument, unit, writeEmbedded } from "../support/test-document.ts";

const access = { model: ["purchase.order"], company_id: [1] };
const vector = unit(0, 0, 1, 0);

const chunk = (id: string) => `${id}/main/0`;
const document = (id: string, text: string) => testDocument(id, [{ chunks: [text], access }]);

/** The part of the database's contract that late interaction uses. */
export function chunkTokensContract(opened: () => TestDatabase): void {
  describe("the tokens of chunks", () => {
    const first = firstSpace(4);
    let second: VectorSpace;
    beforeAll(async () => {
      const { vectorSpaces } = opened().database;
      second = await vectorSpaces.want({ id: "second", dimensions: 2, origin: {} });
      await vectorSpaces.want({ id: first.embedder, dimensions: 4, origin: {} });
    });

    it("come back in the space of the embedder that made them, and go with their chunks", async () => {
      const { ingested, tokens } = opened().database;
      await writeEmbedded(opened().database, document("a", "one"), new Map([[chunk("a"), vector]]));
      expect(await tokens.documentsLacking(first, "", 9)).toEqual(["a"]);
      await tokens.add(first, new Map([[chunk("a"), Uint8Array.of(0, 255, 7)]]));
      expect(await tokens.documentsLacking(first, "", 9)).toEqual([]);
      expect([...(await tokens.of(first, [chunk("a"), "none"]))].map(([id, bits]) => [id, [...bits]])).toEqual([
        [chunk("a"), [0, 255, 7]],
      ]);
      expect(await tokens.of(second, [chunk("a")])).toEqual(new Map());
      expect(await tokens.documentsLacking(second, "", 9)).toEqual(["a"]);
      await ingested.remove("odoo:test", ["a"]);
      expect(await tokens.of(first, [chunk("a")])).toEqual(new Map());
    });

    it("are held only of chunks that have a vector, so that whoever lacks a vector lacks tokens", async () => {
      const { tokens } = opened().database;
      await writeEmbedded(opened().database, document("a", "one"), NO_VECTORS);
      await tokens.add(first, new Map([[chunk("a"), Uint8Array.of(1)]]));
      expect(await tokens.of(first, [chunk("a")])).toEqual(new Map());
      expect((await tokens.lacking(first, ["a"])).map(({ text }) => text)).toEqual(["one"]);
    });

    it("are shared by chunks of which the same was embedded, none at all included", async () => {
      const { tokens, vectors } = opened().database;
      for (const id of ["a", "b", "c"]) {
        await writeEmbedded(
          opened().database,
          document(id, id === "c" ? "other" : "same"),
          new Map([[chunk(id), vector]]),
        );
      }
      await tokens.add(first, new Map([[chunk("a"), new Uint8Array()]]));
      await tokens.share(first, ["b", "c"]);
      expect(await tokens.documentsLacking(first, "", 9)).toEqual(["c"]);
      await tokens.add(second, new Map([[chunk("a"), Uint8Array.of(3)]]));
      expect(await tokens.of(second, [chunk("a")])).toEqual(new Map());
      for (const id of ["a", "b"]) await vectors.add(second, new Map([[chunk(id), unit(1, 1)]]));
      await tokens.add(second, new Map([[chunk("a"), Uint8Array.of(3)]]));
      await tokens.share(second, ["b"]);
      expect([...(await tokens.of(first, [chunk("a")])).values()].map((bits) => [...bits])).toEqual([[]]);
      expect([...(await tokens.of(second, [chunk("b")])).values()].map((bits) => [...bits])).toEqual([[3]]);
    });
  });
}
