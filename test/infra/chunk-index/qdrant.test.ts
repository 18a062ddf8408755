import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { followOnce, type FollowerTools, rebuildCopy } from "../../../infra/chunk-index/follow-database.ts";
import { openQdrant, type Qdrant } from "../../../infra/chunk-index/qdrant-client.ts";
import { aliasedCollection, type QdrantCollection } from "../../../infra/chunk-index/qdrant-collection.ts";
import { qdrantCopy } from "../../../infra/chunk-index/qdrant-copy.ts";
import { qdrantIndex } from "../../../infra/chunk-index/qdrant.ts";
import { verifyCopy } from "../../../infra/chunk-index/verify-copy.ts";
import { chunkIndexContract } from "../../contracts/chunk-index.ts";
import { EVERYTHING, filterOf } from "../../support/filter.ts";
import { silentLog } from "../../support/silent-log.ts";
import { emptyCorpus, openTestDatabase, PATIENCE, type TestDatabase } from "../../support/test-database.ts";
import { NO_VECTORS, testDocument, unit, writeEmbedded } from "../../support/test-document.ts";

const url = process.env["QDRANT_URL"] ?? "";

interface Tested {
  readonly opened: TestDatabase;
  readonly qdrant: Qdrant;
  readonly collection: QdrantCollection;
  readonly tools: FollowerTools;
  readonly index: ReturnType<typeof qdrantIndex>;
  discard(): Promise<void>;
}

const weight = (holding: number, chunks: number) => Math.log(1 + (chunks - holding + 0.5) / (holding + 0.5));
const part = (length: number) => 2.2 / (1 + 1.2 * (0.25 + (0.75 * length) / 70));

async function openTested(settings: Partial<QdrantCollection> = {}): Promise<Tested> {
  const name = `groundwork-test-${randomUUID().slice(0, 8)}`;
  const opened = await openTestDatabase();
  const qdrant = openQdrant({ url, apiKey: process.env["QDRANT_API_KEY"] ?? null, timeoutMs: 30_000 });
  const owner = await opened.followed.outbox.owner();
  const usual = { quantization: "none", shards: 1, replicas: 1 } as const;
  const collection: QdrantCollection = { name, owner, spaces: opened.database.vectorSpaces, ...usual, ...settings };
  const tools = {
    outbox: opened.followed.outbox,
    documents: opened.followed.documents,
    copy: qdrantCopy(qdrant, collection),
    log: silentLog,
  };
  await tools.outbox.attach(name);
  await followOnce(tools);
  return {
    opened,
    qdrant,
    collection,
    tools,
    index: qdrantIndex(qdrant, name, opened.followed.readableScope),
    async discard() {
      await tools.copy.remove();
      await opened.discard();
    },
  };
}

async function* nothing(): AsyncIterable<never> {}

if (url === "") {
  process.stderr.write("\nNOT TESTED: the index in Qdrant. Set QDRANT_URL to a Qdrant server, 1.19 or newer.\n");
  describe("Qdrant", () => {
    it.skip("was not tested: set QDRANT_URL to a Qdrant server, 1.19 or newer");
  });
} else {
  for (const settings of [{}, { quantization: "scalar" }, { quantization: "binary", shards: 2 }] as const) {
    chunkIndexContract(`Qdrant with ${JSON.stringify(settings)}`, async () => {
      const tested = await openTested(settings);
      const { ingested } = tested.opened.database;
      return {
        index: tested.index,
        discard: () => tested.discard(),
        async write(document, vectors) {
          await writeEmbedded(tested.opened.database, document, vectors);
          await followOnce(tested.tools);
        },
        async remove(documentId) {
          for (const { source } of await ingested.counts()) await ingested.remove(source, [documentId]);
          await followOnce(tested.tools);
        },
        async empty() {
          await emptyCorpus(tested.opened.database);
          await followOnce(tested.tools);
        },
      };
    });
  }

  describe("the copy in Qdrant", { timeout: PATIENCE }, () => {
    let tested: Tested;
    beforeAll(async () => {
      tested = await openTested();
    }, PATIENCE);
    afterAll(() => tested.discard());
    beforeEach(async () => {
      await emptyCorpus(tested.opened.database);
      await followOnce(tested.tools);
    });

    const write = (id: string, text = "copper", company = 1) =>
      writeEmbedded(
        tested.opened.database,
        testDocument(id, [{ chunks: [text, text], access: { company_id: [company] } }]),
        new Map([[`${id}/main/0`, unit(1, 2, 3, 4)]]),
      );
    const found = async (text = "copper") =>
      (await tested.index.search({ text, vector: null, limit: 10 }, EVERYTHING)).keyword.map((each) => each.chunkId);

    it("is the same as the database, chunk by chunk", async () => {
      for (const id of ["a", "b", "c"]) await write(id);
      await followOnce(tested.tools);
      await tested.opened.database.ingested.remove("odoo:test", ["b"]);
      await write("c", "steel", 2);
      await followOnce(tested.tools);
      expect(await verifyCopy(tested.tools.copy, tested.tools.documents)).toEqual({
        compared: 4,
        missing: 0,
        surplus: 0,
        otherAccess: 0,
        vectors: 0,
        examples: [],
      });
      expect(await tested.tools.copy.state()).toMatchObject({ chunks: 4, vectors: 2 });
    });

    it("tells how rare terms are by a sample of the readable where there are many, which nothing hidden moves", async () => {
      const { readableScope } = tested.opened.followed;
      const sampled = qdrantIndex(tested.qdrant, tested.collection.name, async (filter, space) => ({
        ...(await readableScope(filter, space)),
        sampleRate: 16,
      }));
      const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });
      const ask = async () => (await sampled.search({ text: "copper wire", vector: null, limit: 300 }, reader)).keyword;
      const texts = Array.from({ length: 240 }, (_, each) => (each % 6 === 0 ? "copper wire" : "copper"));
      const writeAll = async (id: string, company: number) => {
        const document = testDocument(id, [{ chunks: texts, access: { company_id: [company] } }]);
        await writeEmbedded(tested.opened.database, document, NO_VECTORS);
        await followOnce(tested.tools);
      };
      await writeAll("open", 1);
      const before = await ask();
      expect(before).toHaveLength(240);
      expect(before.slice(0, 40).map(({ chunkId }) => Number(chunkId.split("/")[2]) % 6)).toEqual(
        Array.from({ length: 40 }, () => 0),
      );
      await writeAll("hidden", 2);
      expect(await ask()).toEqual(before);
    });

    it("is rebuilt behind its name while the old one answers, and the old one is dropped", async () => {
      await write("a");
      await followOnce(tested.tools);
      const before = await aliasedCollection(tested.qdrant, tested.tools.copy.name);
      const answers: string[][] = [];
      const rebuilding = {
        ...tested.tools,
        documents: {
          ...tested.tools.documents,
          async *all() {
            yield* tested.tools.documents.all();
            answers.push(await found());
          },
        },
      };
      expect(await rebuildCopy(rebuilding)).toBe(2);
      const after = await aliasedCollection(tested.qdrant, tested.tools.copy.name);
      expect(after).not.toBe(before);
      expect(answers).toEqual([["a/main/0", "a/main/1"]]);
      expect(await found()).toEqual(["a/main/0", "a/main/1"]);
      const { collections } = await tested.qdrant.request((api, init) => api.getCollections({}, init));
      expect(collections.map(({ name }) => name).filter((name) => name.startsWith(tested.tools.copy.name))).toEqual([
        after,
      ]);
    });

    it("leaves nothing behind of a rebuild that broke off, and goes on answering", async () => {
      await write("a");
      await followOnce(tested.tools);
      const broken = {
        ...tested.tools,
        documents: {
          ...tested.tools.documents,
          async *all() {
            yield* tested.tools.documents.all();
            throw new Error("broken off");
          },
        },
      };
      await expect(rebuildCopy(broken)).rejects.toThrow("broken off");
      expect(await found()).toEqual(["a/main/0", "a/main/1"]);
      const { collections } = await tested.qdrant.request((api, init) => api.getCollections({}, init));
      expect(collections.filter(({ name }) => name.startsWith(tested.tools.copy.name))).toHaveLength(1);
    });

    it("comes back when the collection has vanished under it", async () => {
      await write("a");
      await followOnce(tested.tools);
      await tested.tools.copy.remove();
      await expect(found()).rejects.toMatchObject({ code: "index", retryable: true });
      await followOnce(tested.tools);
      expect(await found()).toEqual(["a/main/0", "a/main/1"]);
    });

    it("leaves alone what was made for another database under its name, and says so", async () => {
      await write("a");
      await followOnce(tested.tools);
      const foreign = qdrantCopy(tested.qdrant, { ...tested.collection, owner: "another" });
      for (const work of [() => foreign.fitness(), () => foreign.state(), () => foreign.rebuild(nothing())]) {
        await expect(work()).rejects.toMatchObject({ code: "configuration" });
      }
      await foreign.remove();
      expect(await found()).toEqual(["a/main/0", "a/main/1"]);
    });

    it("is made as the settings say, with an index for whatever a filter names, and refuses any other filter", async () => {
      const collection = { ...tested.collection, name: `${tested.collection.name}-set`, shards: 2, replicas: 3 };
      const copy = qdrantCopy(tested.qdrant, { ...collection, quantization: "scalar" });
      await copy.rebuild(nothing());
      const collection_name = collection.name;
      const made = await tested.qdrant.request((api, init) => api.getCollection({ collection_name }, init));
      expect(made.config.params).toMatchObject({ shard_number: 2, replication_factor: 3, write_consistency_factor: 2 });
      expect(made.config.quantization_config).toMatchObject({ scalar: { type: "int8" } });
      expect(Object.keys(made.payload_schema).sort()).toEqual([
        "access_id",
        "days[].access_id",
        "days[].day",
        "document_id",
        "kind",
        "labels",
        "model",
        "record_id",
        "samples",
        "source",
      ]);
      const filter = { must: [{ key: "chunk_id", match: { value: "a" } }] };
      await expect(
        tested.qdrant.request((api, init) => api.scrollPoints({ collection_name, filter }, init)),
      ).rejects.toMatchObject({ code: "index", retryable: false });
      await copy.remove();
    });

    it("weighs words by the chunks that the reader may read, as BM25 does", async () => {
      await write("a", "copper wire");
      await write("b", "copper");
      await write("c", "steel");
      for (let each = 0; each < 20; each++) await write(`hidden${each}`, "wire", 2);
      await followOnce(tested.tools);
      const reader = filterOf({ kind: "anyOf", field: "company_id", values: [1] });
      const { keyword } = await tested.index.search({ text: "copper wire", vector: null, limit: 10 }, reader);
      expect(keyword.map(({ chunkId }) => chunkId.split("/")[0])).toEqual(["a", "a", "b", "b"]);
      // Six readable chunks; four hold copper, two hold wire; every chunk has its title's term as well.
      expect(keyword[0]?.score).toBeCloseTo((weight(4, 6) + weight(2, 6)) * part(3), 4);
      expect(keyword[2]?.score).toBeCloseTo(weight(4, 6) * part(2), 4);
    });
  });
}
