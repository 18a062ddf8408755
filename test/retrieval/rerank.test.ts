import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import type { Reranker } from "../../infra/models/port.ts";
import { openReader } from "../../retrieval/reader.ts";
import { search } from "../../retrieval/search.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { memoryCorpus } from "../support/memory-corpus.ts";
import { file } from "./invented-files.ts";

const bo = openReader("bo", inventedPolicy());
const corpus = () =>
  memoryCorpus([
    file({ key: "returns.md", text: ["Damaged goods go back to the supplier."] }),
    file({ key: "costs.md", text: ["Damaged goods are booked to account 4711."] }),
    file({ key: "secret.md", text: ["Damaged goods cost us 4 million."], readers: ["group:purchase.manager"] }),
  ]);

/** Prefers texts that hold a word; notes what it is sent. */
function preferring(word: string): Reranker & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    id: "test",
    sent,
    rerank: (_, texts) => {
      sent.push(...texts);
      return Promise.resolve(texts.map((text) => (text.includes(word) ? 0.9 : 0.1)));
    },
  };
}

const keys = ({ hits }: Awaited<ReturnType<typeof search>>) => hits.map(({ chunk }) => chunk.document.key);

describe("reranking", () => {
  const request = { query: "damaged goods", limit: 5 };

  it("puts first what the reranker prefers, and sends it nothing that the reader may not read", async () => {
    const reranker = preferring("4711");
    const found = await search(request, bo, { ...corpus(), reranker });
    expect(keys(found)).toEqual(["costs.md", "returns.md"]);
    expect(found.degraded).toBeNull();
    expect(reranker.sent).toHaveLength(2);
    expect(reranker.sent.join()).not.toContain("million");
    expect(keys(await search(request, bo, { ...corpus(), reranker: preferring("back") }))[0]).toBe("returns.md");
  });

  it("keeps the search's own order, and says so, when the reranker fails", async () => {
    const plain = await search(request, bo, corpus());
    const reranker: Reranker = {
      id: "down",
      rerank: () => Promise.reject(new GroundworkError("model-unavailable", "It is down.")),
    };
    const found = await search(request, bo, { ...corpus(), reranker });
    expect(found.hits).toEqual(plain.hits);
    expect(found.degraded).toMatch(/reranker did not answer/);
  });
});
