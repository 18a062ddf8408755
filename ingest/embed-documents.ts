import type { ChunkTokens } from "../infra/db/chunk-tokens.ts";
import type { ChunkVectorStore } from "../infra/db/chunk-vector-store.ts";
import type { UnembeddedChunk } from "../infra/db/unembedded-chunks.ts";
import type { Embedders, SpaceEmbedder } from "../infra/embedders.ts";

export interface EmbedTools {
  readonly vectors: ChunkVectorStore;
  readonly embedders: Pick<Embedders, "forTexts">;
  /** Absent: vectors alone are made. */
  readonly tokens?: ChunkTokens;
}

type Stores = Pick<EmbedTools, "vectors" | "tokens">;

/** Enough to keep every session of the embedder busy. */
const AT_ONCE = 256;

/**
 * Gives the chunks of these documents vectors where they have none, and what their tokens mean where the embedder tells it: of the embedder
 * whose vectors are searched and, where another one is configured, of that as well. The same text is embedded once: what is held of it is
 * shared. Doing it twice, or beside another who does the same, does no harm. Returns how many texts it embedded. Errors: `database`, those of
 * the embedder.
 */
export async function embedDocuments(
  documentIds: readonly string[],
  tools: EmbedTools,
  signal?: AbortSignal,
): Promise<number> {
  let embedded = 0;
  for (const each of await tools.embedders.forTexts()) embedded += await embedWith(each, documentIds, tools, signal);
  return embedded;
}

/** Documents of which this embedder has yet to embed something, in the order of their ids: `limit` of those after this one. Errors: `database`. */
export function documentsToEmbed(
  each: SpaceEmbedder,
  after: string,
  limit: number,
  { vectors, tokens }: Stores,
): Promise<readonly string[]> {
  return tokens === undefined || each.embedder.embedWithTokens === undefined
    ? vectors.documentsUnembedded(each.space, after, limit)
    : tokens.documentsLacking(each.space, after, limit);
}

async function embedWith(
  each: SpaceEmbedder,
  documentIds: readonly string[],
  { vectors, tokens }: Stores,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { space, embedder } = each;
  const makesTokens = tokens !== undefined && embedder.embedWithTokens !== undefined;
  await vectors.share(space, documentIds);
  if (makesTokens) await tokens.share(space, documentIds);
  // Whoever has tokens has a vector.
  const chunks = makesTokens ? await tokens.lacking(space, documentIds) : await vectors.unembedded(space, documentIds);
  const texts = [...Map.groupBy(chunks, embeddedText)];
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const some = texts.slice(from, from + AT_ONCE);
    await embedTexts(some, each, makesTokens ? { vectors, tokens } : { vectors }, signal);
  }
  return texts.length;
}

/** Texts, each with the chunks that hold it. */
type Texts = readonly (readonly [text: string, chunks: readonly UnembeddedChunk[]])[];

async function embedTexts(
  texts: Texts,
  { space, embedder }: SpaceEmbedder,
  { vectors: store, tokens }: Stores,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = texts.map(([text]) => text);
  const made =
    tokens === undefined || embedder.embedWithTokens === undefined
      ? (await embedder.embed(asked, signal)).map((vector) => ({ vector, tokens: null }))
      : await embedder.embedWithTokens(asked, signal);
  const each = texts.flatMap(([, twins], at) => twins.map(({ chunkId }) => [chunkId, made[at]] as const));
  const vectors = each.flatMap(([chunkId, embedded]) => (embedded ? [[chunkId, embedded.vector] as const] : []));
  const bits = each.flatMap(([chunkId, embedded]) => (embedded?.tokens ? [[chunkId, embedded.tokens] as const] : []));
  await store.add(space, new Map(vectors));
  if (bits.length > 0) await tokens?.add(space, new Map(bits));
}

/** A chunk means more under its titles: they are embedded with it. */
function embeddedText({ title, headings, text }: UnembeddedChunk): string {
  return `${[title, ...headings].join(" — ")}\n${text}`;
}
