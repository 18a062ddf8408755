import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Sampling } from "../../../infra/chunk-index/keyword-sample.ts";
import { pgvectorIndex } from "../../../infra/chunk-index/pgvector.ts";
import { type Connection, connectEmbedded, connectServer } from "../../../infra/db/connection.ts";
import { chunkVectorStore } from "../../../infra/db/chunk-vector-store.ts";
import { ingestedDocuments } from "../../../infra/db/ingested-documents.ts";
import { vectorSpaces } from "../../../infra/db/vector-spaces.ts";
import { chunkIndexContract } from "../../contracts/chunk-index.ts";
import { EVERYTHING, filterOf } from "../../support/filter.ts";
import {
  emptyCorpus,
  openTestServerDatabase,
  PATIENCE,
  TEST_DIMENSIONS,
  testDataDirectory,
} from "../../support/test-database.ts";
import { NO_VECTORS, testDocument, writeEmbedded } from "../../support/test-document.ts";

/** A sample of everything tells exactly what counting does. */
const OF_EVERYTHING: Sampling = { rates: [1], enough: 0, budget: 6_000 };

interface Store {
  readonly connection: Connection;
  readonly ingested: ReturnType<typeof ingestedDocuments>;
  readonly vectors: ReturnType<typeof chunkVectorStore>;
  discard(): Promise<void>;
}

function storeOver(connection: Connection, discard: () => Promise<void>): Store {
  return { connection, ingested: ingestedDocuments(connection), vectors: chunkVectorStore(connection), discard };
}

async function openEmbedded(): Promise<Store> {
  const directory = await testDataDirectory();
  const connection = await connectEmbedded(join(directory, "pglite"));
  await vectorSpaces(connection).want({ id: "test", dimensions: TEST_DIMENSIONS, origin: {} });
  return storeOver(connection, async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });
}

async function openServer(url: string): Promise<Store> {
  const opened = await openTestServerDatabase(url);
  const connection = connectServer(opened.address ?? url);
  return storeOver(connection, async () => {
    await connection.close();
    await opened.discard();
  });
}

function contractOver(name: string, open: () => Promise<Store>): void {
  chunkIndexContract(name, async () => {
    const store = await open();
    return {
      index: pgvectorIndex(store.connection, { sampling: OF_EVERYTHING }),
      discard: () => store.discard(),
      write: (document, vectors) => writeEmbedded(store, document, vectors),
      empty: () => emptyCorpus(store),
      async remove(documentId) {
        for (const { source } of await store.ingested.counts()) await store.ingested.remove(source, [documentId]);
      },
    };
  });
}

contractOver("pgvector on PGlite, keywords by a sample,", openEmbedded);
const url = process.env["TEST_DATABASE_URL"];
if (url === undefined || url === "") {
  describe("keywords by a sample on Postgres", () => {
    it.skip("was not tested: set TEST_DATABASE_URL to a Postgres with pgvector");
  });
} else {
  contractOver("pgvector on Postgres, keywords by a sample,", () => openServer(url));
}

describe("the keyword list where many chunks are readable", () => {
  const CHUNKS = 800;
  const HALF: Sampling = { rates: [2], enough: 100, budget: 120 };
  let store: Store;

  beforeAll(async () => {
    store = await openEmbedded();
  }, PATIENCE);
  afterAll(() => store.discard());
  beforeEach(() => emptyCorpus(store));

  const write = async (id: string, texts: readonly string[], access = { company_id: [1] }) =>
    writeEmbedded(store, testDocument(id, [{ chunks: texts, access }], { title: "" }), NO_VECTORS);
  /** Every chunk holds “order”, one in three “copper”, one in seven “wire”, one in fifty “voltaris”. */
  const texts = Array.from({ length: CHUNKS }, (_, each) =>
    [
      "order",
      ...(each % 3 === 0 ? ["copper"] : []),
      ...(each % 7 === 0 ? ["wire", "wire"] : []),
      ...(each % 50 === 0 ? ["voltaris"] : []),
      ...Array.from({ length: each % 5 }, (_each, filler) => `filler${filler}`),
    ].join(" "),
  );
  const ask = async (text: string, sampling: Sampling | null, filter = EVERYTHING) =>
    (await pgvectorIndex(store.connection, { sampling }).search({ text, vector: null, limit: 20 }, filter)).keyword;

  it("has every chunk that holds a rare word, and scores by about what is counted", async () => {
    await write("orders", texts);
    const counted = await ask("voltaris copper order", null);
    const sampled = await ask("voltaris copper order", HALF);
    const rare = (found: typeof counted) => new Set(found.slice(0, CHUNKS / 50).map(({ chunkId }) => chunkId));
    expect(rare(sampled)).toEqual(rare(counted));
    for (const { chunkId, score } of counted.slice(0, CHUNKS / 50)) {
      const about = sampled.find((found) => found.chunkId === chunkId)?.score ?? 0;
      expect(Math.abs(about - score) / score).toBeLessThan(0.1);
    }
  });

  it("finds something to a word that every chunk holds", async () => {
    await write("orders", texts);
    expect(await ask("order", HALF)).toHaveLength(20);
  });

  it("is moved by nothing that the reader may not read", async () => {
    const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });
    await write("orders", texts);
    const before = await ask("voltaris copper wire order", HALF, reader);
    await write(
      "hidden",
      texts.map((text) => `${text} voltaris wire`),
      { company_id: [2] },
    );
    expect(await ask("voltaris copper wire order", HALF, reader)).toEqual(before);
    expect(before.every(({ chunkId }) => chunkId.startsWith("orders/"))).toBe(true);
  });

  it("counts where too few chunks are readable to tell by a sample", async () => {
    await write("orders", texts);
    await write("few", ["voltaris copper", "copper"], { company_id: [3] });
    const few = filterOf({ kind: "anyOf", field: "company_id", values: [3] });
    expect(await ask("voltaris copper", HALF, few)).toEqual(await ask("voltaris copper", null, few));
  });
});
