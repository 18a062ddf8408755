import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { indexWithFallback } from "../../../infra/chunk-index/index-with-fallback.ts";
import { openQdrant } from "../../../infra/chunk-index/qdrant-client.ts";
import { qdrantIndex } from "../../../infra/chunk-index/qdrant.ts";
import { EVERYTHING, filterOf } from "../../support/filter.ts";
import { silentLog } from "../../support/silent-log.ts";
import { openTestDatabase, PATIENCE, type TestDatabase } from "../../support/test-database.ts";
import { NO_VECTORS, testDocument, unit, writeEmbedded } from "../../support/test-document.ts";
import { question } from "../../support/one-embedder.ts";

const NAME = "test";

describe("a Qdrant that cannot be reached", { timeout: PATIENCE }, () => {
  let opened: TestDatabase;
  let mute: Server;

  beforeAll(async () => {
    opened = await openTestDatabase();
    // Takes connections and never says a word.
    mute = createServer(() => {}).listen(0, "127.0.0.1");
    await once(mute, "listening");
    await writeEmbedded(
      opened.database,
      testDocument("open", [{ chunks: ["copper"], access: { company_id: [1] } }]),
      NO_VECTORS,
    );
    await writeEmbedded(
      opened.database,
      testDocument("hidden", [{ chunks: ["copper"], access: { company_id: [2] } }]),
      NO_VECTORS,
    );
    await opened.followed.outbox.attach(NAME);
    await opened.followed.outbox.exclusively((changes) => changes.setFilled(NAME));
  }, PATIENCE);
  afterAll(async () => {
    mute.close();
    await opened.discard();
  });

  const indexAt = (port: number, timeoutMs = 5_000) =>
    qdrantIndex(
      openQdrant({ url: `http://127.0.0.1:${port}`, apiKey: "secret-key", timeoutMs }),
      NAME,
      opened.followed.readableScope,
    );
  const mutePort = () => (mute.address() as AddressInfo).port;
  const asked = { text: "copper", vector: null, limit: 10 };
  const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });

  it("is a fault that may pass, without a word of the vendor or the key", async () => {
    const failure = indexAt(1).search(asked, EVERYTHING);
    await expect(failure).rejects.toMatchObject({ code: "index", retryable: true });
    await expect(failure).rejects.not.toThrow(/fetch|secret-key/);
  });

  it("is given up at the deadline when it does not answer", async () => {
    await expect(indexAt(mutePort(), 100).search(asked, EVERYTHING)).rejects.toMatchObject({
      code: "index",
      retryable: true,
    });
  });

  it("is left at once when the caller has gone", async () => {
    const gone = new AbortController();
    const search = indexAt(mutePort(), 60_000).search(asked, EVERYTHING, gone.signal);
    setTimeout(() => gone.abort(), 50);
    await expect(search).rejects.toMatchObject({ code: "cancelled" });
  });

  it.each([
    { result: [] },
    { result: [{ points: [{ id: 1, score: 1, payload: { chunk_id: "open/main/0" } }] }] },
    { result: [{ points: [] }, {}] },
    { result: [{ points: [] }, { points: [{ id: 1, score: 1 }] }] },
    { result: null },
    {},
    "<html>",
  ])("that gives half an answer is taken for one that gives none: %j", async (body) => {
    const server = createHttpServer((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.url === "/" ? { version: "1.19.0", title: "" } : body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const both = { ...asked, vector: question(unit(1, 0, 0, 0)) };
      await expect(indexAt((server.address() as AddressInfo).port).search(both, reader)).rejects.toMatchObject({
        code: "index",
      });
    } finally {
      server.close();
    }
  });

  it("is stood in for by the database, under the same filter, and that is said", async () => {
    const index = indexWithFallback(indexAt(1), opened.index, silentLog);
    for (let each = 0; each < 2; each++) {
      const found = await index.search(asked, reader);
      expect(found.keyword.map(({ chunkId }) => chunkId)).toEqual(["open/main/0"]);
      expect(found.degraded).toMatch(/database searched instead/);
    }
  });

  it("is not stood in for when the caller has gone", async () => {
    const index = indexWithFallback(indexAt(1), opened.index, silentLog);
    await expect(index.search(asked, reader, AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
  });

  it("is not asked while it is being filled, nor when the reader may see nothing, nor with a vector of another length", async () => {
    const never = indexAt(1);
    expect(await never.search(asked, filterOf({ kind: "never" }))).toEqual({ keyword: [], vector: [] });
    await expect(
      never.search({ ...asked, vector: { ...question(unit(1, 0, 0, 0)), values: unit(1, 1) } }, EVERYTHING),
    ).rejects.toMatchObject({
      code: "index",
      retryable: false,
    });
    await opened.followed.outbox.exclusively((changes) => changes.setFilled(null));
    await expect(never.search(asked, EVERYTHING)).rejects.toThrow(/being filled/);
    await opened.followed.outbox.exclusively((changes) => changes.setFilled(NAME));
  });
});
