import type { IngestedDocuments, UnembeddedChunk } from "../infra/db/port.ts";
import type { Embedder } from "../infra/models/port.ts";

export interface EmbedTools {
  readonly ingested: IngestedDocuments;
  readonly embedder: Embedder;
}

/** Enough to keep every session of the embedder busy. */
const AT_ONCE = 256;

/**
 * Gives the chunks of these documents vectors where they have none. Doing it twice, or beside another who does the same, does no harm. Returns
 * how many it embedded. Errors: `database`, those of the embedder.
 */
export async function embedDocuments(
  documentIds: readonly string[],
  { ingested, embedder }: EmbedTools,
  signal?: AbortSignal,
): Promise<number> {
  const chunks = await ingested.unembedded(documentIds);
  for (let from = 0; from < chunks.length; from += AT_ONCE) {
    const some = chunks.slice(from, from + AT_ONCE);
    const vectors = await embedder.embed(some.map(embeddedText), signal);
    await ingested.addVectors(
      new Map(some.flatMap(({ chunkId }, at) => (vectors[at] === undefined ? [] : [[chunkId, vectors[at]]]))),
    );
  }
  return chunks.length;
}

/** A chunk means more under its titles: they are embedded with it. */
function embeddedText({ title, headings, text }: UnembeddedChunk): string {
  return `${[title, ...headings].join(" — ")}\n${text}`;
}
