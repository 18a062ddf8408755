import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { feedbackTerms } from "../../retrieval/feedback.ts";
import { openReader } from "../../retrieval/reader.ts";
import { DEFAULT_SEARCH_OPTIONS } from "../../retrieval/search-options.ts";
import { type Hit, search } from "../../retrieval/search.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { memoryCorpus } from "../support/memory-corpus.ts";
import { file } from "./invented-files.ts";

const bo = openReader("bo", inventedPolicy());
const options = { among: 1, chunks: 10, terms: 20, weight: 0.2 };

async function hits(...texts: readonly string[]): Promise<readonly Hit[]> {
  const corpus = memoryCorpus(texts.map((text, at) => file({ key: `${at}.md`, title: "", text: [text] })));
  return (await search({ query: texts.join(" "), limit: 50 }, bo, corpus)).hits.map((hit) => ({ ...hit, score: 1 }));
}

describe("the words that good hits add", () => {
  it("are those that they share and the question lacks, the most shared first", async () => {
    const found = feedbackTerms("copper wire", await hits("copper cable gauge", "copper cable", "wire drum"), options);
    expect(found[0]).toEqual({ term: "cabl", weight: 0.2 });
    expect(found.map(({ term }) => term).sort()).toEqual(["cabl", "drum", "gaug"]);
  });

  it("come from the foremost hits alone, as many as asked for", async () => {
    const all = await hits("copper cable", "copper drum", "copper reel");
    expect(feedbackTerms("copper", all.slice(0, 1), options).map(({ term }) => term)).toEqual(
      feedbackTerms("copper", all, { ...options, chunks: 1 }).map(({ term }) => term),
    );
    expect(feedbackTerms("copper", all, { ...options, terms: 2 })).toHaveLength(2);
  });

  it("count less where the hit does", async () => {
    const [first, second] = await hits("copper cable", "copper drum");
    if (first === undefined || second === undefined) throw new TypeError("two hits were expected");
    const found = feedbackTerms("copper", [{ ...first, score: 0.4 }, second], options);
    const weight = (hit: Hit) => found.find(({ term }) => hit.chunk.text.includes(term.slice(0, 3)))?.weight ?? 0;
    expect(weight(first)).toBeCloseTo(0.4 * weight(second), 12);
  });

  it("are none without hits, and none from hits that count nothing", async () => {
    expect(feedbackTerms("copper", [], options)).toEqual([]);
    const nothing = (await hits("copper cable")).map((hit) => ({ ...hit, score: 0 }));
    expect(feedbackTerms("copper", nothing, options)).toEqual([]);
  });

  it("never weigh more than they may", async () => {
    const all = await hits("copper cable gauge", "wire drum cable", "reel");
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.integer({ min: 1, max: 5 }), (weight, count) => {
        const found = feedbackTerms("copper", all, { ...options, terms: count, weight });
        expect(found.length).toBeLessThanOrEqual(count);
        for (const each of found) {
          expect(each.weight).toBeGreaterThan(0);
          expect(each.weight).toBeLessThanOrEqual(weight);
        }
      }),
    );
  });
});

describe("a search with feedback", () => {
  it("takes words from what the reader may read alone, so that nothing hidden moves a score", async () => {
    const open = [
      file({ key: "a.md", text: ["Copper wire on drums of 100 m."] }),
      file({ key: "b.md", text: ["Drums are returned empty."] }),
    ];
    const hidden = file({ key: "c.md", text: ["Copper wire, copper wire, secret smelter."], readers: ["user:mia"] });
    const request = { query: "copper wire", limit: 5, options: { ...DEFAULT_SEARCH_OPTIONS, feedback: options } };
    expect(await search(request, bo, memoryCorpus([...open, hidden]))).toEqual(
      await search(request, bo, memoryCorpus(open)),
    );
  });

  it("asks the index a second time for keywords alone, with the words of rechecked hits", async () => {
    const corpus = memoryCorpus([file({ key: "a.md", text: ["Copper wire on drums."] })]);
    const asked: (readonly string[])[] = [];
    const index = {
      search: (...[query, filter, signal]: Parameters<typeof corpus.index.search>) => {
        asked.push(query.expansion?.map(({ term }) => term) ?? []);
        return corpus.index.search(query, filter, signal);
      },
    };
    const fed = (feedback: typeof options | null) => ({ ...DEFAULT_SEARCH_OPTIONS, feedback });
    await search({ query: "copper wire", limit: 5, options: fed(options) }, bo, { ...corpus, index });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual([]);
    expect(asked[1]).toContain("drum");
    await search({ query: "copper wire", limit: 5, options: fed(null) }, bo, { ...corpus, index });
    expect(asked).toHaveLength(3);
    await search({ query: "copper wire", limit: 5, options: fed({ ...options, among: 2 }) }, bo, { ...corpus, index });
    expect(asked).toHaveLength(4);
  });
});
