import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import {
  followDatabase,
  followOnce,
  type FollowerTools,
  rebuildCopy,
} from "../../../infra/chunk-index/follow-database.ts";
import { verifyCopy } from "../../../infra/chunk-index/verify-copy.ts";
import { onEveryDatabase } from "../../support/database-under-test.ts";
import { type MemoryChunkCopy, memoryChunkCopy } from "../../support/memory-chunk-copy.ts";
import { silentLog } from "../../support/silent-log.ts";
import { emptyCorpus, PATIENCE, type TestDatabase } from "../../support/test-database.ts";
import { testDocument, unit, writeEmbedded } from "../../support/test-document.ts";

onEveryDatabase((name, open) => {
  describe(`an index that follows ${name}`, { timeout: PATIENCE }, () => {
    let opened: TestDatabase;
    let copy: MemoryChunkCopy;
    let tools: FollowerTools;

    beforeAll(async () => {
      opened = await open();
    }, PATIENCE);
    afterAll(() => opened.discard());
    beforeEach(async () => {
      await emptyCorpus(opened.database);
      await opened.followed.outbox.attach(null);
      copy = memoryChunkCopy();
      tools = { outbox: opened.followed.outbox, documents: opened.followed.documents, copy, log: silentLog };
    });

    const write = (id: string, text = "copper", company = 1) =>
      writeEmbedded(
        opened.database,
        testDocument(id, [{ chunks: [text], access: { company_id: [company] } }], { metadata: { labels: ["a=b"] } }),
        new Map([[`${id}/main/0`, unit(1, 0, 0, 0)]]),
      );
    const held = () => [...copy.held.keys()].sort();

    it("costs nothing while none is attached", async () => {
      await write("a");
      expect(await opened.followed.outbox.lag()).toMatchObject({ documents: 0 });
      expect(
        (await opened.followed.readableScope({ expression: { kind: "always" } } as never, null)).filled,
      ).toBeNull();
    });

    it("is filled with what was there before, then with every change", async () => {
      await write("before");
      await tools.outbox.attach(copy.name);
      await write("between");
      expect(await followOnce(tools)).toBe(1);
      expect(held()).toEqual(["before", "between"]);
      expect(copy.rebuilds).toBe(1);
      await write("after");
      await opened.database.ingested.remove("odoo:test", ["before"]);
      expect(await tools.outbox.hasDue()).toBe(true);
      expect(await followOnce(tools)).toBe(2);
      expect(held()).toEqual(["after", "between"]);
      expect(copy.rebuilds).toBe(1);
      expect(await tools.outbox.lag()).toEqual({ documents: 0, seconds: null, failing: 0, failure: null });
      expect(copy.held.get("after")).toMatchObject({
        model: "purchase.order",
        kind: "purchase order",
        source: "odoo:test",
        labels: ["a=b"],
        chunks: [{ chunkId: "after/main/0", frequencies: [1, 1], vectors: { 1: [1, 0, 0, 0] } }],
      });
    });

    it("records a change with its transaction, and not without", async () => {
      await tools.outbox.attach(copy.name);
      await write("a");
      await followOnce(tools);
      const broken = testDocument("a", [{ chunks: ["steel"], access: {} }], { model: null as never });
      await expect(opened.database.ingested.write([broken])).rejects.toThrow();
      expect(await tools.outbox.lag()).toMatchObject({ documents: 0 });
    });

    it("follows access that changes without the text, and documents that fail", async () => {
      await tools.outbox.attach(copy.name);
      await write("a");
      await write("b");
      await followOnce(tools);
      const before = copy.held.get("a")?.chunks[0]?.accessId;
      await opened.database.ingested.updateAccess("odoo:test", [
        { key: "a", parts: [{ key: "main", access: { company_id: [2] } }] },
      ]);
      const failure = {
        source: "odoo:test",
        key: "b",
        code: "unreadable-file",
        reason: "x",
        at: new Date().toISOString(),
        fingerprint: null,
        work: null,
      };
      await opened.database.ingested.fail(failure, { keepEarlier: false });
      expect(await followOnce(tools)).toBe(2);
      expect(held()).toEqual(["a"]);
      expect(copy.held.get("a")?.chunks[0]?.accessId).not.toBe(before);
      expect(await verifyCopy(copy, tools.documents)).toMatchObject({
        compared: 1,
        missing: 0,
        surplus: 0,
        otherAccess: 0,
      });
    });

    it("does not take for followed what changed again while it was written", async () => {
      await tools.outbox.attach(copy.name);
      await followOnce(tools);
      await write("a", "copper");
      const interrupted: FollowerTools = {
        ...tools,
        copy: {
          name: copy.name,
          fitness: () => copy.fitness(),
          rebuild: (documents) => copy.rebuild(documents),
          entries: () => copy.entries(),
          state: () => copy.state(),
          remove: () => copy.remove(),
          async replace(documents) {
            await copy.replace(documents);
            if (documents[0]?.chunks[0]?.frequencies.length === 2) await write("a", "steel steel wire");
          },
        },
      };
      expect(await followOnce(interrupted)).toBe(2);
      expect(copy.held.get("a")?.chunks[0]?.length).toBe(4);
    });

    it("loses nothing while the index is down, and catches up", async () => {
      await tools.outbox.attach(copy.name);
      await followOnce(tools);
      copy.isDown = true;
      await write("a");
      await write("b");
      await expect(followOnce(tools)).rejects.toMatchObject({ code: "index", retryable: true });
      expect(await tools.outbox.lag()).toMatchObject({ documents: 2, failing: 0 });
      copy.isDown = false;
      await followOnce(tools);
      expect(held()).toEqual(["a", "b"]);
    });

    it("puts a document aside that the index refuses, with the reason, and writes the others", async () => {
      await tools.outbox.attach(copy.name);
      await followOnce(tools);
      copy.refused = "c";
      for (const id of ["a", "b", "c", "d", "e"]) await write(id);
      await followOnce(tools);
      expect(held()).toEqual(["a", "b", "d", "e"]);
      expect(await tools.outbox.lag()).toMatchObject({ documents: 1, failing: 1, failure: "refused" });
      expect(await tools.outbox.hasDue()).toBe(false);
      copy.refused = null;
      await write("c", "steel");
      await followOnce(tools);
      expect(held()).toContain("c");
    });

    it("fills an index anew that has vanished", async () => {
      await write("a");
      await tools.outbox.attach(copy.name);
      await followOnce(tools);
      copy.lose();
      await followOnce(tools);
      expect(held()).toEqual(["a"]);
      expect(copy.rebuilds).toBe(2);
    });

    it("is rebuilt beside what answers; what changes meanwhile is followed afterwards", async () => {
      await write("a");
      await tools.outbox.attach(copy.name);
      await followOnce(tools);
      const rebuilding = {
        ...tools,
        documents: {
          ...tools.documents,
          async *all() {
            yield* tools.documents.all();
            await opened.database.ingested.remove("odoo:test", ["a"]);
            await write("b");
          },
        },
      };
      expect(await rebuildCopy(rebuilding)).toBe(1);
      expect(held()).toEqual(["a"]);
      await followOnce(tools);
      expect(held()).toEqual(["b"]);
    });

    it("is written by one at a time", async () => {
      await tools.outbox.attach(copy.name);
      const { promise, resolve } = Promise.withResolvers<void>();
      const first = tools.outbox.exclusively(() => promise);
      expect(await followOnce(tools)).toBeNull();
      resolve();
      await first;
      expect(await followOnce(tools)).toBe(0);
    });

    it("tells what is missing, surplus and under other access", async () => {
      for (const id of ["a", "b", "c"]) await write(id);
      await tools.outbox.attach(copy.name);
      await followOnce(tools);
      await write("b", "copper", 2);
      await write("d");
      await opened.database.ingested.remove("odoo:test", ["c"]);
      expect(await verifyCopy(copy, tools.documents)).toEqual({
        compared: 3,
        missing: 1,
        surplus: 1,
        otherAccess: 1,
        vectors: 0,
        examples: expect.arrayContaining(["b/main/0", "c/main/0", "d/main/0"]) as string[],
      });
    });

    it("follows in the background until it is closed", async () => {
      await tools.outbox.attach(copy.name);
      {
        await using _follower = followDatabase(tools);
        await write("a");
        await expect.poll(held, { timeout: 20_000 }).toEqual(["a"]);
      }
      await write("b");
      expect(await tools.outbox.lag()).toMatchObject({ documents: 1 });
    });
  });
});
