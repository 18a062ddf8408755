import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { catchUp, followDatabase, followOnce, type FollowerTools } from "../../../infra/chunk-index/follow-database.ts";
import { indexWithFallback } from "../../../infra/chunk-index/index-with-fallback.ts";
import type { ChunkIndex } from "../../../infra/chunk-index/port.ts";
import { openQdrant } from "../../../infra/chunk-index/qdrant-client.ts";
import { qdrantCopy } from "../../../infra/chunk-index/qdrant-copy.ts";
import { qdrantIndex } from "../../../infra/chunk-index/qdrant.ts";
import { verifyCopy } from "../../../infra/chunk-index/verify-copy.ts";
import { filterOf } from "../../support/filter.ts";
import { silentLog } from "../../support/silent-log.ts";
import { openTestDatabase, PATIENCE, type TestDatabase } from "../../support/test-database.ts";
import { testDocument, unit, writeEmbedded } from "../../support/test-document.ts";
import { type UnreliableProxy, unreliableProxy } from "../../support/unreliable-proxy.ts";
import { question } from "../../support/one-embedder.ts";

const url = process.env["QDRANT_URL"] ?? "";
const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });
const asked = { text: "copper", vector: question(unit(1, 0, 0, 0)), limit: 100 };

describe.skipIf(url === "")("a Qdrant that fails while it is used (set QDRANT_URL)", { timeout: 3 * PATIENCE }, () => {
  let opened: TestDatabase;
  let proxy: UnreliableProxy;
  let tools: FollowerTools;
  let index: ChunkIndex;

  beforeAll(async () => {
    opened = await openTestDatabase();
    proxy = await unreliableProxy(url);
    const qdrant = openQdrant({ url: proxy.url, apiKey: process.env["QDRANT_API_KEY"] ?? null, timeoutMs: 1_000 });
    const collection = {
      name: `groundwork-test-${randomUUID().slice(0, 8)}`,
      owner: await opened.followed.outbox.owner(),
      spaces: opened.database.vectorSpaces,
      quantization: "none",
      shards: 1,
      replicas: 1,
    } as const;
    const { outbox, documents, readableScope } = opened.followed;
    tools = { outbox, documents, copy: qdrantCopy(qdrant, collection), log: silentLog };
    index = qdrantIndex(qdrant, collection.name, readableScope);
    await outbox.attach(collection.name);
    await followOnce(tools);
  }, PATIENCE);
  afterAll(async () => {
    proxy.become({ kind: "open" });
    await tools.copy.remove();
    await proxy[Symbol.asyncDispose]();
    await opened.discard();
  });

  const write = (id: string, company: number) =>
    writeEmbedded(
      opened.database,
      testDocument(id, [{ chunks: ["copper wire"], access: { company_id: [company] } }]),
      new Map([[`${id}/main/0`, unit(1, company, 0, 0)]]),
    );
  const same = { missing: 0, surplus: 0, otherAccess: 0, vectors: 0 };

  it.each([
    { kind: "dead" },
    { kind: "cuts", after: 0 },
    { kind: "cuts", after: 200 },
    { kind: "slow", by: 5_000 },
  ] as const)("is stood in for by the database, under the same filter, when it is %o", async (mood) => {
    await write("open", 1);
    await write("hidden", 2);
    await catchUp(tools);
    const answering = indexWithFallback(index, opened.index, silentLog);
    const sound = await answering.search(asked, reader);
    expect(sound.degraded).toBeUndefined();
    proxy.become(mood);
    const degraded = await answering.search(asked, reader);
    proxy.become({ kind: "open" });
    expect(degraded.degraded).toMatch(/database searched instead/);
    for (const found of [sound, degraded]) {
      expect(found.keyword.map(({ chunkId }) => chunkId)).toEqual(["open/main/0"]);
      expect(found.vector.map(({ chunkId }) => chunkId)).toEqual(["open/main/0"]);
    }
    const again = await indexWithFallback(index, opened.index, silentLog).search(asked, reader);
    expect(again).toEqual(sound);
  });

  it("loses nothing and shows nobody else's while it dies and comes back under writing and searching", async () => {
    const answering = indexWithFallback(index, opened.index, silentLog);
    const over = new AbortController();
    const failing = (async () => {
      for (const kind of ["dead", "open", "cuts", "open", "slow", "dead", "open"] as const) {
        proxy.become(
          { cuts: { kind: "cuts", after: 300 }, slow: { kind: "slow", by: 2_000 } }[kind as never] ?? { kind },
        );
        await sleep(700);
      }
      over.abort();
    })();
    const readable = new Set<string>(["open/main/0"]);
    const asking = (async () => {
      while (!over.signal.aborted) {
        const { keyword, vector } = await answering.search(asked, reader);
        for (const { chunkId } of [...keyword, ...vector]) expect(readable).toContain(chunkId);
        await sleep(20);
      }
    })();
    {
      await using _follower = followDatabase(tools);
      for (let each = 0; !over.signal.aborted; each++) {
        const company = 1 + (each % 2);
        if (company === 1) readable.add(`d${each % 50}/main/0`);
        await write(`d${each % 50}`, company);
        await sleep(20);
      }
      await Promise.all([failing, asking]);
    }
    await catchUp(tools);
    expect(await verifyCopy(tools.copy, tools.documents)).toMatchObject(same);
    expect((await verifyCopy(tools.copy, tools.documents)).compared).toBeGreaterThan(10);
  });

  it("that dies while it is rebuilt goes on answering with the old, and leaves nothing behind", async () => {
    await catchUp(tools);
    const { collection, chunks } = await tools.copy.state();
    const dying = async function* () {
      yield* tools.documents.all();
      proxy.become({ kind: "dead" });
    };
    await expect(tools.copy.rebuild(dying())).rejects.toMatchObject({ code: "index", retryable: true });
    proxy.become({ kind: "open" });
    // A connection that was kept open may only now turn out to have died.
    await vi.waitFor(async () => expect(await tools.copy.state()).toMatchObject({ collection, chunks }), PATIENCE);
    // What could not be dropped while it was dead goes with the next rebuild.
    await tools.copy.rebuild(tools.documents.all());
    expect(await tools.copy.state()).toMatchObject({ chunks });
    expect(await verifyCopy(tools.copy, tools.documents)).toMatchObject(same);
  });
});
