import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDocumentEvidence } from "../../retrieval/document-evidence.ts";
import type { Hit } from "../../retrieval/search.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const CHUNKS = hitsOf(["a", "b", "c", "d"].map((key) => file({ key, text: [`Of ${key}.`] })));

/** Hits of up to four documents, several chunks each, best first. */
const ranked = fc
  .array(fc.record({ of: fc.nat(3), score: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 12 })
  .map((drawn) =>
    drawn
      .flatMap(({ of, score }, at): Hit[] => {
        const hit = CHUNKS[of];
        return hit === undefined ? [] : [{ chunk: { ...hit.chunk, chunkId: `${of}-${at}` }, score }];
      })
      .sort((left, right) => right.score - left.score),
  );

const order = (all: readonly Hit[], document: string | undefined) =>
  all.filter(({ chunk }) => chunk.document.documentId === document).map(({ chunk }) => chunk.chunkId);

describe("evidence from the rest of a document", () => {
  it("keeps every hit, best first, with a score between the least and the greatest there were", () => {
    fc.assert(
      fc.property(ranked, fc.double({ min: 0, max: 2, noNaN: true }), (hits, weight) => {
        const after = withDocumentEvidence(hits, weight);
        expect(after.map(({ chunk }) => chunk.chunkId).toSorted()).toEqual(
          hits.map(({ chunk }) => chunk.chunkId).toSorted(),
        );
        expect(after.map(({ score }) => score)).toEqual(
          after.map(({ score }) => score).toSorted((left, right) => right - left),
        );
        for (const { score } of after) {
          expect(score).toBeGreaterThanOrEqual((hits.at(-1)?.score ?? 0) - 1e-12);
          expect(score).toBeLessThanOrEqual((hits[0]?.score ?? 1) + 1e-12);
        }
      }),
    );
  });

  it("never changes the order within a document, and nothing at all without weight", () => {
    fc.assert(
      fc.property(ranked, (hits) => {
        expect(withDocumentEvidence(hits, 0)).toBe(hits);
        for (const { chunk } of hits) {
          const { documentId } = chunk.document;
          expect(order(withDocumentEvidence(hits, 0.2), documentId)).toEqual(order(hits, documentId));
        }
      }),
    );
  });

  it("puts the document with several good passages before one with a single, slightly better one", () => {
    const [single, several] = CHUNKS;
    if (single === undefined || several === undefined) throw new TypeError("documents were expected");
    const other = { ...several.chunk, chunkId: "other" };
    const hits = [
      { chunk: single.chunk, score: 0.9 },
      { chunk: several.chunk, score: 0.88 },
      { chunk: other, score: 0.7 },
    ];
    expect(withDocumentEvidence(hits, 0.2)[0]?.chunk.document.key).toBe("b");
  });
});
