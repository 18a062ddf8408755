import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { VectorSpace } from "../../infra/db/vector-spaces.ts";
import { EVERYTHING, filterOf } from "../support/filter.ts";
import { emptyCorpus, PATIENCE, type TestDatabase } from "../support/test-database.ts";
import { testDocument, unit } from "../support/test-document.ts";

/** What every database promises about the vectors of several embedders. */
export function vectorSpacesContract(name: string, open: () => Promise<TestDatabase>): void {
  describe(`the vectors of two embedders in ${name}`, { timeout: PATIENCE }, () => {
    let opened: TestDatabase;
    let first: VectorSpace;
    let second: VectorSpace;

    beforeAll(async () => {
      opened = await open();
    }, PATIENCE);
    afterAll(() => opened.discard());
    beforeEach(async () => {
      const { ingested, vectorSpaces } = opened.database;
      await emptyCorpus(opened.database);
      first = await vectorSpaces.want({ id: "first", dimensions: 4, origin: {} });
      await vectorSpaces.search(first);
      second = await vectorSpaces.want({ id: "second", dimensions: 2, origin: { kind: "bundled" } });
      await ingested.write([
        testDocument("a", [{ chunks: ["copper"], access: { company_id: [1] } }]),
        testDocument("b", [{ chunks: ["steel"], access: { company_id: [2] } }]),
      ]);
    });

    const add = (space: VectorSpace, ...ids: readonly string[]) =>
      opened.database.vectors.add(
        space,
        new Map(ids.map((id) => [`${id}/main/0`, unit(...Array.from({ length: space.dimensions }, () => 1))])),
      );
    const found = async (space: VectorSpace, filter = EVERYTHING) => {
      const values = unit(...Array.from({ length: space.dimensions }, (_, at) => at));
      const query = { text: "", vector: { space, values }, limit: 9 };
      return (await opened.index.search(query, filter)).vector.map(({ chunkId }) => chunkId).toSorted();
    };

    it("are compared with their own alone, under the same access", async () => {
      await add(first, "a", "b");
      await add(second, "b");
      expect(await found(first)).toEqual(["a/main/0", "b/main/0"]);
      expect(await found(second)).toEqual(["b/main/0"]);
      expect(await found(second, filterOf({ kind: "anyOf", field: "company_id", values: [1] }))).toEqual([]);
      await opened.database.ingested.updateAccess("odoo:test", [
        { key: "b", parts: [{ key: "main", access: { company_id: [1] } }] },
      ]);
      for (const space of [first, second]) {
        expect(await found(space, filterOf({ kind: "anyOf", field: "company_id", values: [2] }))).toEqual([]);
      }
    });

    it("are searched from the moment on when the new ones lack nothing that the old ones have, and not before", async () => {
      const { vectorSpaces } = opened.database;
      await add(first, "a", "b");
      await add(second, "a");
      expect(await vectorSpaces.isReady(second)).toBe(false);
      expect(await vectorSpaces.search(second)).toBe(false);
      expect((await vectorSpaces.searched())?.embedder).toBe("first");
      await add(second, "b");
      expect(await vectorSpaces.search(second)).toBe(true);
      expect(await vectorSpaces.searched()).toEqual(second);
      expect((await vectorSpaces.inUse()).map(({ embedder }) => embedder)).toEqual(["second"]);
    });

    it("are not searched by a process whose embedder another one has replaced since", async () => {
      const { vectorSpaces } = opened.database;
      await add(first, "a", "b");
      await add(second, "a", "b");
      await vectorSpaces.search(second);
      expect(await vectorSpaces.isReady(first)).toBe(false);
      expect(await vectorSpaces.search(first)).toBe(false);
      expect((await vectorSpaces.searched())?.embedder).toBe("second");
    });

    it("name what searches find anew when others are searched", async () => {
      const { vectorSpaces, indexVersion } = opened.database;
      await add(first, "a", "b");
      await add(second, "a", "b");
      const before = await indexVersion();
      await vectorSpaces.search(second);
      expect(await indexVersion()).not.toBe(before);
    });

    it("are kept for a minute when they are searched no more: somebody may still be comparing", async () => {
      const { vectorSpaces } = opened.database;
      await add(first, "a", "b");
      await add(second, "a", "b");
      await vectorSpaces.search(second);
      await opened.database.maintain();
      expect(await found(first)).toEqual(["a/main/0", "b/main/0"]);
      await opened.database.settings.set("vectors.since", new Date(Date.now() - 61_000).toISOString());
      await opened.database.maintain();
      expect(await found(first)).toEqual([]);
      expect(await found(second)).toEqual(["a/main/0", "b/main/0"]);
    });

    it("are refused when an embedder of the same name gives vectors of another length", async () => {
      const wanted = opened.database.vectorSpaces.want({ id: "first", dimensions: 5, origin: {} });
      await expect(wanted).rejects.toMatchObject({ code: "configuration" });
    });
  });
}
