import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cachedEmbedder } from "../../../infra/models/cached-embedder.ts";
import { cancelled } from "../../../infra/models/cancelled.ts";
import { GroundworkError } from "../../../infra/errors.ts";
import { normalize } from "../../../infra/models/normalize.ts";
import type { Embedder } from "../../../infra/models/port.ts";
import { describeEmbedderContract } from "../../contracts/embedder.ts";

/** An embedder that remembers what it was asked; vectors follow from the texts. */
class CountingEmbedder implements Embedder {
  readonly id = "counting";
  readonly dimensions = 32;
  readonly asked: (readonly string[])[] = [];
  isClosed = false;

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    this.asked.push(texts);
    await Promise.resolve();
    if (signal?.aborted) throw cancelled(signal);
    if (this.isClosed) throw new GroundworkError("model-unavailable", "closed");
    return texts.map((text) => {
      const digest = createHash("sha256").update(text).digest();
      return normalize(Float32Array.from(digest, (byte) => byte - 127.5));
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

describeEmbedderContract("the cache over an embedder", async () => cachedEmbedder(new CountingEmbedder()));

describe("cachedEmbedder", () => {
  it("asks for a question once and gives the same vector again", async () => {
    const inner = new CountingEmbedder();
    const cached = cachedEmbedder(inner);
    const first = await cached.embed(["who approves?"]);
    expect(await cached.embed(["who approves?"])).toEqual(first);
    expect(inner.asked).toEqual([["who approves?"]]);
  });

  it("asks only for what it does not know, each text once, and keeps the order", async () => {
    const inner = new CountingEmbedder();
    const cached = cachedEmbedder(inner);
    await cached.embed(["b"]);
    const mixed = await cached.embed(["a", "b", "c", "a"]);
    expect(inner.asked).toEqual([["b"], ["a", "c"]]);
    expect(mixed).toEqual(await new CountingEmbedder().embed(["a", "b", "c", "a"]));
  });

  it("forgets the question that was not asked for longest", async () => {
    const inner = new CountingEmbedder();
    const cached = cachedEmbedder(inner, { maximumEntries: 2 });
    for (const text of ["a", "b", "a", "c", "a", "b"]) await cached.embed([text]);
    expect(inner.asked.flat()).toEqual(["a", "b", "c", "b"]);
  });

  it("does not keep chunks of documents", async () => {
    const inner = new CountingEmbedder();
    const cached = cachedEmbedder(inner);
    const chunk = "a long chunk ".repeat(100);
    await cached.embed([chunk]);
    await cached.embed([chunk]);
    expect(inner.asked).toHaveLength(2);
  });

  it("does not let ingestion push questions out", async () => {
    const inner = new CountingEmbedder();
    const cached = cachedEmbedder(inner, { maximumEntries: 2 });
    await cached.embed(["question"]);
    await cached.embed(["1", "2", "3", "4", "5"]);
    await cached.embed(["question"]);
    expect(inner.asked).toHaveLength(2);
  });

  it("does not remember failures", async () => {
    const cached = cachedEmbedder(new CountingEmbedder());
    const controller = new AbortController();
    const answer = cached.embed(["a"], controller.signal);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ code: "cancelled" });
    expect(await cached.embed(["a"])).toHaveLength(1);
  });

  it("is not changed by a caller that changes its vector", async () => {
    const cached = cachedEmbedder(new CountingEmbedder());
    const [mine] = await cached.embed(["a"]);
    mine?.fill(0);
    const [fresh] = await cached.embed(["a"]);
    expect(Math.hypot(...(fresh ?? []))).toBeCloseTo(1, 5);
  });

  it("closes the embedder inside", async () => {
    const inner = new CountingEmbedder();
    await cachedEmbedder(inner).close();
    expect(inner.isClosed).toBe(true);
  });
});
