import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embedDocuments } from "../../ingest/embed-documents.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { memoryDocuments } from "../support/memory-documents.ts";
import { testDocument } from "../support/test-document.ts";

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
            { ingested, embedder },
          );
        }
        const texts = sketches.flatMap(({ title, chunks }) => chunks.map((text) => `${title}\n${text}`));
        expect(embedder.seen.toSorted()).toEqual([...new Set(texts)].toSorted());
        expect(await ingested.documentsUnembedded("", 99)).toEqual([]);
      }),
    );
  });
});
