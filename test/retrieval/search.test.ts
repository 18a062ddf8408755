import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import { openReader } from "../../retrieval/reader.ts";
import { search } from "../../retrieval/search.ts";
import { DEFAULT_SEARCH_OPTIONS } from "../../retrieval/search-options.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { memoryCorpus } from "../support/memory-corpus.ts";
import { file } from "./invented-files.ts";
import { embeddersOver } from "../../infra/embedders.ts";
import { memorySpaces } from "../support/memory-spaces.ts";

const policy = inventedPolicy();
const bo = openReader("bo", policy);
const mia = openReader("mia", policy);

const corpus = () =>
  memoryCorpus([
    file({ key: "returns.md", text: ["Damaged goods go back to the supplier within ten days."] }),
    file({ key: "lunch.md", text: ["The canteen opens at noon."] }),
    file({ key: "secret.md", text: ["Damaged goods cost us 4 million."], readers: ["group:purchase.manager"] }),
    file({
      key: "old-returns.md",
      text: ["Damaged goods go back to the supplier within three days."],
      metadata: { expires: "2025-12-31" },
    }),
  ]);

const keys = async (query: string, reader = bo, limit = 10) =>
  (await search({ query, limit }, reader, corpus())).hits.map(({ chunk }) => chunk.document.key);

describe("searching", () => {
  it("puts what fits first, and what is no longer in force after it", async () => {
    const found = await keys("damaged goods back to the supplier");
    expect(found[0]).toBe("returns.md");
    expect(found).toContain("old-returns.md");
  });

  it("finds nothing that the reader may not read, nor lets it move a score", async () => {
    expect(await keys("damaged goods cost")).not.toContain("secret.md");
    expect(await keys("damaged goods cost", mia)).toContain("secret.md");
    const open = memoryCorpus([file({ key: "returns.md", text: ["Damaged goods go back within ten days."] })]);
    const both = memoryCorpus([
      file({ key: "returns.md", text: ["Damaged goods go back within ten days."] }),
      file({ key: "secret.md", text: ["Damaged goods, damaged goods."], readers: ["user:mia"] }),
    ]);
    const request = { query: "damaged goods", limit: 5 };
    expect(await search(request, bo, both)).toEqual(await search(request, bo, open));
  });

  it("gives no more than it is asked for", async () => {
    expect(await keys("damaged goods", bo, 1)).toHaveLength(1);
  });

  it("checks every hit again: one that an index should not have given is dropped", async () => {
    const tools = corpus();
    const everything = openReader("mia", policy);
    const leaky = {
      ...tools,
      index: {
        search: (...[query]: Parameters<typeof tools.index.search>) => tools.index.search(query, everything.filter),
      },
    };
    const { hits } = await search({ query: "damaged goods cost us 4 million", limit: 10 }, bo, leaky);
    expect(hits.map(({ chunk }) => chunk.document.key)).not.toContain("secret.md");
    expect(hits.length).toBeGreaterThan(0);
  });

  it("goes on by keyword when the embedder fails, and says so", async () => {
    const tools = corpus();
    tools.embedder.down = true;
    const { hits, degraded } = await search({ query: "damaged goods", limit: 5 }, bo, tools);
    expect(hits.map(({ chunk }) => chunk.document.key)).toEqual(["returns.md", "old-returns.md"]);
    expect(degraded).toMatch(/keyword alone/);
    expect((await search({ query: "damaged goods", limit: 5 }, bo, corpus())).degraded).toBeNull();
  });

  it("goes on by keyword when the embedder gives a vector of another length, and says so", async () => {
    const tools = corpus();
    const { searched, want } = memorySpaces();
    const embedder = { ...tools.embedder, dimensions: 1024, embed: async () => [new Float32Array(3)] };
    const embedders = await embeddersOver(embedder, { searched, want });
    const { hits, degraded } = await search({ query: "damaged goods", limit: 5 }, bo, { ...tools, embedders });
    expect(hits.map(({ chunk }) => chunk.document.key)).toEqual(["returns.md", "old-returns.md"]);
    expect(degraded).toMatch(/keyword alone/);
  });

  it("keeps what it found, of what the reader may read, when the index disappears in mid-search, and says so", async () => {
    const tools = corpus();
    let asked = 0;
    const vanishing = {
      search: (...query: Parameters<typeof tools.index.search>) =>
        ++asked === 1 ? tools.index.search(...query) : Promise.reject(new GroundworkError("index", "It is gone.")),
    };
    const feedback = { among: 1, chunks: 10, terms: 10, weight: 0.2 };
    const options = { ...DEFAULT_SEARCH_OPTIONS, feedback };
    const found = await search({ query: "damaged goods", limit: 5, options }, bo, { ...tools, index: vanishing });
    expect(asked).toBe(2);
    expect(found.degraded).toMatch(/mid-search/);
    const shown = found.hits.map(({ chunk }) => chunk.document.key);
    expect(shown).toContain("returns.md");
    expect(shown).not.toContain("secret.md");
  });

  it("is cancelled rather than degraded when the caller withdraws", async () => {
    const request = search({ query: "goods", limit: 5 }, bo, corpus(), AbortSignal.abort());
    await expect(request).rejects.toMatchObject({ code: "cancelled" });
  });

  it("fails with the index, for nothing replaces it", async () => {
    const broken = {
      ...corpus(),
      index: { search: () => Promise.reject(new GroundworkError("index", "It is down.")) },
    };
    await expect(search({ query: "goods", limit: 5 }, bo, broken)).rejects.toMatchObject({ code: "index" });
  });
});
