import type { Hit } from "./search.ts";

/** Hits of one document that count in full: a passage, and what stands around it. */
const IN_FULL = 3;
/** What each further one of the same document is worth beside the one before it. */
const WORTH = 0.9;

/**
 * Lets no document crowd out the others: from its fourth hit on, each further hit of a document counts a tenth less than the one before.
 * Nothing is left out, so that a search within one document finds all of it.
 */
export function spreadOverDocuments(hits: readonly Hit[]): readonly Hit[] {
  const seen = new Map<string, number>();
  return hits
    .map((hit) => {
      const { documentId } = hit.chunk.document;
      const before = seen.get(documentId) ?? 0;
      seen.set(documentId, before + 1);
      return before < IN_FULL ? hit : { ...hit, score: hit.score * WORTH ** (before - IN_FULL + 1) };
    })
    .sort((left, right) => right.score - left.score);
}
