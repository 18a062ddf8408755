import type { ChunkTokens } from "../infra/db/chunk-tokens.ts";
import type { IngestedDocuments, UnembeddedChunk } from "../infra/db/port.ts";
import type { Embedder } from "../infra/models/port.ts";

export interface EmbedTools {
  readonly ingested: IngestedDocuments;
  readonly embedder: Embedder;
  /** Absent: vectors alone are made. */
  readonly tokens?: ChunkTokens;
}

/** Enough to keep every session of the embedder busy. */
const AT_ONCE = 256;

/**
 * Gives the chunks of these documents vectors where they have none, and what their tokens mean where the embedder tells it. The same text is
 * embedded once: what is held of it is shared. Doing it twice, or beside another who does the same, does no harm. Returns how many texts it
 * embedded. Errors: `database`, those of the embedder.
 */
export async function embedDocuments(
  documentIds: readonly string[],
  tools: EmbedTools,
  signal?: AbortSignal,
): Promise<number> {
  const { ingested, embedder, tokens } = tools;
  const makesTokens = tokens !== undefined && embedder.embedWithTokens !== undefined;
  await ingested.shareVectors(documentIds);
  if (makesTokens) await tokens.share(embedder.id, documentIds);
  const chunks = makesTokens ? await tokens.lacking(embedder.id, documentIds) : await ingested.unembedded(documentIds);
  const texts = [...Map.groupBy(chunks, embeddedText)];
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    await embedTexts(texts.slice(from, from + AT_ONCE), tools, signal);
  }
  // Chunks that lack a vector and no tokens: somebody ended between the two.
  return makesTokens
    ? texts.length + (await embedDocuments(documentIds, { ingested, embedder }, signal))
    : texts.length;
}

/**
 * Documents of which something is yet to be embedded, in the order of their ids: `limit` of those after this one. Errors: `database`.
 */
export function documentsToEmbed(
  after: string,
  limit: number,
  { ingested, embedder, tokens }: EmbedTools,
): Promise<readonly string[]> {
  return tokens === undefined || embedder.embedWithTokens === undefined
    ? ingested.documentsUnembedded(after, limit)
    : tokens.documentsLacking(embedder.id, after, limit);
}

/** Texts, each with the chunks that hold it. */
type Texts = readonly (readonly [text: string, chunks: readonly UnembeddedChunk[]])[];

async function embedTexts(texts: Texts, { ingested, embedder, tokens }: EmbedTools, signal?: AbortSignal) {
  const asked = texts.map(([text]) => text);
  const made =
    tokens === undefined || embedder.embedWithTokens === undefined
      ? (await embedder.embed(asked, signal)).map((vector) => ({ vector, tokens: null }))
      : await embedder.embedWithTokens(asked, signal);
  const each = texts.flatMap(([, twins], at) => twins.map(({ chunkId }) => [chunkId, made[at]] as const));
  const vectors = each.flatMap(([chunkId, embedded]) => (embedded ? [[chunkId, embedded.vector] as const] : []));
  const bits = each.flatMap(([chunkId, embedded]) => (embedded?.tokens ? [[chunkId, embedded.tokens] as const] : []));
  await ingested.addVectors(new Map(vectors));
  if (bits.length > 0) await tokens?.add(embedder.id, new Map(bits));
}

/** A chunk means more under its titles: they are embedded with it. */
function embeddedText({ title, headings, text }: UnembeddedChunk): string {
  return `${[title, ...headings].join(" — ")}\n${text}`;
}
