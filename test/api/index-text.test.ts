import { describe, expect, it } from "vitest";

import { indexDifferencesText, indexStatusText } from "../../api/print/index-text.ts";

const database = { chunks: 12, accessSets: 3 };
const minilm = { embedder: "minilm", dimensions: 384, vectors: 11, isSearched: true, graph: "none" } as const;
const spaces = [minilm];
const nothing = { documents: 0, seconds: null, failing: 0, failure: null };

describe("the state of the index", () => {
  it("names embedder, dimension and counts; without Qdrant the database is the index", () => {
    const text = indexStatusText({ configured: "minilm", database, spaces, lag: nothing, copy: null });
    expect(text).toContain("Embedder: minilm, 384 dimensions, 11 vectors (compared one by one)\n");
    expect(text).toContain("12 chunks, 3 sets");
    expect(text).toContain("Index: the database");
    expect(text).not.toContain("Outbox");
  });

  it("says which embedder's vectors are searched while those of another are being made, and what is left", () => {
    const coming = { embedder: "e5", dimensions: 768, vectors: 5, isSearched: false, graph: "none" } as const;
    const text = indexStatusText({ configured: "e5", database, spaces: [minilm, coming], lag: nothing, copy: null });
    expect(text).toContain("minilm, 384 dimensions, 11 vectors (compared one by one); searched until");
    expect(text).toContain("e5, 768 dimensions, 5 vectors (compared one by one); not searched yet: 7 chunks");
  });

  it("says how far Qdrant lags, what it refused, and why it does not answer", () => {
    const lag = { documents: 4, seconds: 61.4, failing: 1, failure: "too large" };
    const copy = { collection: "groundwork-1", health: "green", chunks: 10, vectors: 9 };
    const text = indexStatusText({ configured: "minilm", database, spaces, lag, copy });
    expect(text).toContain("groundwork-1, green: 10 chunks, 9 vectors");
    expect(text).toContain("4 documents wait, the oldest for 61 s; refused: 1 (too large)");
    expect(
      indexStatusText({ configured: "e", database, spaces, lag: nothing, copy: "It cannot be reached." }),
    ).toContain("Index: It cannot be reached.\nOutbox: empty");
  });
});

describe("the differences of the index", () => {
  const same = { compared: 5, missing: 0, surplus: 0, otherAccess: 0, vectors: 0, examples: [], waiting: 0 };

  it("are none when every chunk is there under its access", () => {
    expect(indexDifferencesText(same)).toEqual({ text: expect.stringContaining("the same") as string, areSame: true });
    expect(indexDifferencesText({ faults: 0, chunks: 5, vectors: 5 }).areSame).toBe(true);
  });

  it.each([
    { ...same, missing: 1, examples: ["a/main/0"] },
    { ...same, surplus: 1 },
    { ...same, otherAccess: 1 },
    { ...same, vectors: -1 },
    { faults: 2, chunks: 5, vectors: 5 },
  ])("are told: %j", (found) => {
    expect(indexDifferencesText(found).areSame).toBe(false);
  });
});
