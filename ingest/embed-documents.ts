import type { IngestedDocuments } from "../infra/db/port.ts";
import type { Chunk, ChunkVectors, Document } from "../infra/document.ts";
import type { Embedder } from "../infra/models/port.ts";

/**
 * Vectors of all chunks of the documents, in one call of the embedder. What is stored already under the same chunk id is the same
 * text and is not embedded again.
 */
export async function embedDocuments(
  documents: readonly Document[],
  tools: { readonly ingested: IngestedDocuments; readonly embedder: Embedder },
  signal?: AbortSignal,
): Promise<ChunkVectors> {
  const chunks = documents.flatMap((document) =>
    document.parts.flatMap((part) => part.chunks.map((chunk) => ({ chunk, text: embeddedText(document, chunk) }))),
  );
  const stored = await tools.ingested.vectors(chunks.map(({ chunk }) => chunk.id));
  const missing = chunks.filter(({ chunk }) => !stored.has(chunk.id));
  const embedded = await tools.embedder.embed(
    missing.map(({ text }) => text),
    signal,
  );
  const vectors = new Map(stored);
  missing.forEach(({ chunk }, index) => {
    const vector = embedded[index];
    if (vector !== undefined) vectors.set(chunk.id, vector);
  });
  return vectors;
}

/** A chunk means more under its titles: they are embedded with it. */
function embeddedText(document: Document, chunk: Chunk): string {
  return `${[document.title, ...chunk.headings].join(" — ")}\n${chunk.text}`;
}
