import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryCache } from "../../infra/cache/memory-cache.ts";
import type { Cache } from "../../infra/cache/port.ts";
import { rankingMemory } from "../../retrieval/ranking-memory.ts";
import { openReader } from "../../retrieval/reader.ts";
import { search, type SearchTools } from "../../retrieval/search.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { memoryCorpus } from "../support/memory-corpus.ts";
import { openTestDatabase, PATIENCE, type TestDatabase } from "../support/test-database.ts";
import { testDocument, unit } from "../support/test-document.ts";
import { file } from "./invented-files.ts";
import { firstSpace } from "../support/one-embedder.ts";

const policy = inventedPolicy();
const [bo, mia] = [openReader("bo", policy), openReader("mia", policy)];

const documents = [
  file({ key: "returns.md", text: ["Damaged goods go back to the supplier within ten days."] }),
  file({ key: "secret.md", text: ["Damaged goods cost us 4 million."], readers: ["group:purchase.manager"] }),
];

interface Watched {
  readonly tools: SearchTools;
  /** How often the index was asked. */
  asked: number;
  version: string | null;
  readonly stored: string[];
}

function watched(corpus = memoryCorpus(documents)): Watched {
  const held = memoryCache(60_000);
  const cache: Cache = {
    ...held,
    set: (key, value) => {
      state.stored.push(JSON.stringify(value));
      return held.set(key, value);
    },
  };
  const state: Watched = {
    asked: 0,
    version: "1",
    stored: [],
    tools: {
      ...corpus,
      index: {
        search: (...query) => {
          state.asked++;
          return corpus.index.search(...query);
        },
      },
      rankings: rankingMemory({ cache, indexVersion: () => Promise.resolve(state.version), made: "test" }),
    },
  };
  return state;
}

describe("a ranking that is remembered", () => {
  const request = { query: "damaged goods", limit: 5 };

  it("answers the same as one made anew, without asking the index", async () => {
    const state = watched();
    const first = await search(request, bo, state.tools);
    const { asked } = state;
    expect(await search(request, bo, state.tools)).toEqual(first);
    expect(state.asked).toBe(asked);
    expect(first.hits).toHaveLength(1);
  });

  it("is made anew for another question, limit, selection, reader or state of the index", async () => {
    const state = watched();
    await search(request, bo, state.tools);
    const others = [
      () => search({ ...request, query: "goods" }, bo, state.tools),
      () => search({ ...request, limit: 4 }, bo, state.tools),
      () => search({ ...request, selection: { kinds: ["policy"] } }, bo, state.tools),
      () => search(request, mia, state.tools),
      () => {
        state.version = "2";
        return search(request, bo, state.tools);
      },
    ];
    for (const other of others) {
      const { asked } = state;
      await other();
      expect(state.asked).toBeGreaterThan(asked);
    }
  });

  it("shows nobody what was withdrawn since, nor another reader's hits", async () => {
    const state = watched();
    expect((await search(request, mia, state.tools)).hits).toHaveLength(2);
    // The same rankings over a corpus of which the manager's document is gone.
    const withdrawn = { ...state.tools, readable: memoryCorpus(documents.slice(0, 1)).readable };
    expect((await search(request, mia, withdrawn)).hits.map(({ chunk }) => chunk.document.key)).toEqual(["returns.md"]);
    expect((await search(request, bo, state.tools)).hits.map(({ chunk }) => chunk.document.key)).toEqual([
      "returns.md",
    ]);
  });

  it("holds ids and scores and no text", async () => {
    const state = watched();
    await search(request, mia, state.tools);
    expect(state.stored.join()).not.toMatch(/damaged|supplier|million/i);
    expect(state.stored).toHaveLength(1);
  });

  it("is not kept when the search did less than it should, nor while the index's state has no name", async () => {
    const corpus = memoryCorpus(documents);
    corpus.embedder.down = true;
    const degraded = watched(corpus);
    await search(request, bo, degraded.tools);
    const nameless = watched();
    nameless.version = null;
    await search(request, bo, nameless.tools);
    expect([...degraded.stored, ...nameless.stored]).toEqual([]);
  });

  it("is passed over when the cache holds something else under its name", async () => {
    const state = watched();
    const broken: Cache = { ...memoryCache(1), get: () => Promise.resolve([["returns.md", "high"]]) };
    const rankings = rankingMemory({ cache: broken, indexVersion: () => Promise.resolve("1"), made: "test" });
    expect((await search(request, bo, { ...state.tools, rankings })).hits).toHaveLength(1);
  });
});

const document = (company: number, kind = "note") =>
  testDocument("a", [{ chunks: ["copper"], access: { company_id: [company] } }], { kind });

describe("the name of what searches find", { timeout: PATIENCE }, () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  }, PATIENCE);
  afterAll(() => opened.discard());

  it("is another one after every change of documents, access or vectors, and the same after none", async () => {
    const { ingested, indexVersion } = opened.database;
    const names = [await indexVersion()];
    const changed = async (change: () => Promise<unknown>) => {
      await change();
      names.push(await indexVersion());
    };
    await changed(() => ingested.write([document(1)]));
    await changed(() => opened.database.vectors.add(firstSpace(4), new Map([["a/main/0", unit(1, 0, 0, 0)]])));
    await changed(() =>
      ingested.updateAccess("odoo:test", [{ key: "a", parts: [{ key: "main", access: { company_id: [2] } }] }]),
    );
    await changed(() => ingested.write([document(2, "policy")]));
    await changed(() => ingested.remove("odoo:test", ["a"]));
    expect(new Set(names).size).toBe(names.length);
    expect(await indexVersion()).toBe(names.at(-1));
  });

  it("is none while an index outside the database has yet to follow", async () => {
    const { ingested, indexVersion } = opened.database;
    await opened.followed.outbox.attach("elsewhere");
    await ingested.write([testDocument("b", [{ chunks: ["copper"], access: {} }])]);
    expect(await indexVersion()).toBeNull();
    await opened.followed.outbox.attach(null);
    expect(await indexVersion()).not.toBeNull();
  });
});
