import type { Config } from "../config.ts";
import type { OpenedDatabase } from "../db/open-database.ts";
import type { Log } from "../log.ts";
import { followDatabase, type FollowerTools } from "./follow-database.ts";
import { indexWithFallback } from "./index-with-fallback.ts";
import type { ChunkIndex } from "./port.ts";
import { openQdrant } from "./qdrant-client.ts";
import { qdrantCopy } from "./qdrant-copy.ts";
import { qdrantIndex } from "./qdrant.ts";

export interface OpenedIndex extends AsyncDisposable {
  readonly index: ChunkIndex;
  /** Of an index outside the database; null when the database is the index. */
  readonly following: FollowerTools | null;
}

/**
 * The index that searches go to: the database's own, or Qdrant, which then follows the database in the background, filled first when it is
 * new. A server that does not answer keeps nothing from starting. Errors: `database`.
 */
export async function openChunkIndex(
  qdrantSetting: Config["qdrant"],
  { index, followed, database }: Pick<OpenedDatabase, "index" | "followed" | "database">,
  log: Log,
): Promise<OpenedIndex> {
  if (qdrantSetting === null) return { index, following: null, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { collection: name, apiKey, fallback, ...settings } = qdrantSetting;
  const qdrant = openQdrant({ url: settings.url, apiKey: apiKey?.reveal() ?? null, timeoutMs: settings.timeoutMs });
  const owner = await followed.outbox.owner();
  const copy = qdrantCopy(qdrant, { name, owner, spaces: database.vectorSpaces, ...settings });
  const first = qdrantIndex(qdrant, name, followed.readableScope);
  await followed.outbox.attach(name);
  const following: FollowerTools = { outbox: followed.outbox, documents: followed.documents, copy, log };
  const follower = followDatabase(following);
  return {
    index: fallback ? indexWithFallback(first, index, log) : first,
    following,
    [Symbol.asyncDispose]: () => follower[Symbol.asyncDispose](),
  };
}
