import { describe, expect, it } from "vitest";
import type { ChunkQuery } from "../../../infra/chunk-index/port.ts";
import { rememberingIndex } from "../../../eval/beir/remembering-index.ts";
import { openReader } from "../../../retrieval/reader.ts";
import { inventedPolicy } from "../../permissions/invented-policy.ts";
import { question } from "../../support/one-embedder.ts";

const { filter } = openReader("bo", inventedPolicy());
const copper: ChunkQuery = { text: "copper wire", vector: question(Float32Array.of(0.6, 0.8)), limit: 10 };

describe("an index that remembers what it was asked", () => {
  it("asks once what is asked again word for word, and anew what differs in anything", async () => {
    let asked = 0;
    const inner = {
      search: () => Promise.resolve({ keyword: [{ chunkId: `c${(asked += 1)}`, score: 1 }], vector: [] }),
    };
    const index = rememberingIndex(inner);
    const first = await index.search(copper, filter);
    expect(await index.search({ ...copper, vector: question(Float32Array.of(0.6, 0.8)) }, filter)).toEqual(first);
    expect(asked).toBe(1);
    await index.search({ ...copper, vector: question(Float32Array.of(0.8, 0.6)) }, filter);
    await index.search({ ...copper, vector: null }, filter);
    await index.search({ ...copper, expansion: [{ term: "drum", weight: 0.2 }] }, filter);
    await index.search({ ...copper, selection: { documentIds: ["d"] } }, filter);
    expect(asked).toBe(5);
  });
});
