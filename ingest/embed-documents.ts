import type { IngestedDocuments, UnembeddedChunk } from "../infra/db/port.ts";
import type { Embedder } from "../infra/models/port.ts";

export interface EmbedTools {
  readonly ingested: IngestedDocuments;
  readonly embedder: Embedder;
}

/** Enough to keep every session of the embedder busy. */
const AT_ONCE = 256;

/**
 * Gives the chunks of these documents vectors where they have none. The same text is embedded once: what is held of it is shared. Doing it
 * twice, or beside another who does the same, does no harm. Returns how many texts it embedded. Errors: `database`, those of the embedder.
 */
export async function embedDocuments(
  documentIds: readonly string[],
  { ingested, embedder }: EmbedTools,
  signal?: AbortSignal,
): Promise<number> {
  await ingested.shareVectors(documentIds);
  const chunks = await ingested.unembedded(documentIds);
  const texts = [...Map.groupBy(chunks, embeddedText)];
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const some = texts.slice(from, from + AT_ONCE);
    const vectors = await embedder.embed(
      some.map(([text]) => text),
      signal,
    );
    await ingested.addVectors(
      new Map(
        some.flatMap(([, twins], at) => {
          const vector = vectors[at];
          return vector === undefined ? [] : twins.map(({ chunkId }) => [chunkId, vector] as const);
        }),
      ),
    );
  }
  return texts.length;
}

/** A chunk means more under its titles: they are embedded with it. */
function embeddedText({ title, headings, text }: UnembeddedChunk): string {
  return `${[title, ...headings].join(" — ")}\n${text}`;
}
