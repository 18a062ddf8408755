import { addEvidence } from "./add-evidence.ts";
import type { Hit } from "./search.ts";

/**
 * Lets the other hits of a hit's document speak for it: the root of the sum of all their squares is a sign of its own (the plain sum takes
 * any document that was cut in two for a better one). Several passages that fit make a document more likely to be what is asked for than
 * one that fits by chance.
 * Method: Callan, "Passage-Level Evidence in Document Retrieval", SIGIR 1994; Bendersky and Kurland, "Utilizing Passage-Based Language
 * Models for Document Retrieval", ECIR 2008.
 */
export function withDocumentEvidence(hits: readonly Hit[], weight: number): readonly Hit[] {
  const squares = new Map<string, number>();
  for (const { chunk, score } of hits) {
    squares.set(chunk.document.documentId, (squares.get(chunk.document.documentId) ?? 0) + score ** 2);
  }
  return addEvidence(hits, weight, ({ chunk }) => Math.sqrt(squares.get(chunk.document.documentId) ?? 0));
}
