import type { Document } from "../../infra/document.ts";
import type { Hit } from "../../retrieval/search.ts";
import { RECHECKED } from "../support/recheck.ts";

/** Every chunk of the documents as a hit, the first the best. */
export function hitsOf(documents: readonly Document[]): readonly Hit[] {
  const chunks = documents.flatMap((document) =>
    document.parts.flatMap((part) =>
      part.chunks.map(({ id, ...chunk }) => ({
        ...chunk,
        chunkId: id,
        part: part.key,
        document: { ...document, documentId: document.id },
        recheck: RECHECKED,
      })),
    ),
  );
  return chunks.map((chunk, at) => ({ chunk, score: 1 / (at + 1) }));
}
