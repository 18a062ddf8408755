import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentsToEmbed, embedDocuments } from "../../ingest/embed-documents.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import type { Embedder } from "../../infra/models/port.ts";
import { PATIENCE, openTestDatabase } from "../support/test-database.ts";
import { memoryDocuments } from "../support/memory-documents.ts";
import { testDocument } from "../support/test-document.ts";
import { oneEmbedder, firstSpace } from "../support/one-embedder.ts";

describe("embedding documents", () => {
  it("embeds each text once, however many chunks hold it and in how many turns they come, and leaves none without", async () => {
    const sketch = fc.record({
      title: fc.constantFrom("Offer", "Terms"),
      chunks: fc.array(fc.constantFrom("net 30", "net 45", "prices"), { minLength: 1, maxLength: 4 }),
      turn: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sketch, { maxLength: 6 }), async (sketches) => {
        const ingested = memoryDocuments();
        const embedder = bagOfWordsEmbedder();
        for (const turn of [0, 1, 2]) {
          const documents = sketches.flatMap((each, at) =>
            each.turn === turn ? [testDocument(`d${at}`, [{ chunks: each.chunks, access: {} }], each)] : [],
          );
          await ingested.write(documents);
          await embedDocuments(
            documents.map(({ id }) => id),
            { vectors: ingested.vectors, embedders: oneEmbedder(embedder) },
          );
        }
        const texts = sketches.flatMap(({ title, chunks }) => chunks.map((text) => `${title}\n${text}`));
        expect(embedder.seen.toSorted()).toEqual([...new Set(texts)].toSorted());
        expect(await ingested.vectors.documentsUnembedded(firstSpace(4), "", 99)).toEqual([]);
      }),
    );
  });

  it(
    "gives what was embedded before tokens were kept its tokens, and embeds it once more for that",
    async () => {
      await using closing = new AsyncDisposableStack();
      const { database } = closing.adopt(await openTestDatabase(), (opened) => opened.discard());
      const { ingested, tokens, vectors } = database;
      const plain = bagOfWordsEmbedder(4);
      const telling: Embedder = {
        ...plain,
        embedWithTokens: async (texts) =>
          (await plain.embed(texts)).map((vector, at) => ({ vector, tokens: Uint8Array.of(texts[at]?.length ?? 0) })),
      };
      const embedders = oneEmbedder(telling);
      await ingested.write([testDocument("a", [{ chunks: ["net 30", "prices"], access: {} }])]);
      await embedDocuments(["a"], { vectors, embedders });
      expect(await documentsToEmbed(embedders.configured, "", 9, { vectors })).toEqual([]);
      expect(await documentsToEmbed(embedders.configured, "", 9, { vectors, tokens })).toEqual(["a"]);
      await ingested.write([testDocument("b", [{ chunks: ["prices", "new"], access: {} }])]);
      expect(await embedDocuments(["a", "b"], { vectors, embedders, tokens })).toBe(3);
      expect(await embedDocuments(["a", "b"], { vectors, embedders, tokens })).toBe(0);
      expect(await documentsToEmbed(embedders.configured, "", 9, { vectors, tokens })).toEqual([]);
      expect(await vectors.documentsUnembedded(firstSpace(4), "", 9)).toEqual([]);
      const ids = ["a/main/0", "a/main/1", "b/main/0", "b/main/1"];
      const held = await tokens.of(firstSpace(4), ids);
      expect(ids.map((id) => [id, [...(held.get(id) ?? [])]])).toEqual([
        ["a/main/0", ["Untitled\nnet 30".length]],
        ["a/main/1", ["Untitled\nprices".length]],
        ["b/main/0", ["Untitled\nprices".length]],
        ["b/main/1", ["Untitled\nnew".length]],
      ]);
    },
    PATIENCE,
  );
});
