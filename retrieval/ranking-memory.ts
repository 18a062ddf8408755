import { createHash } from "node:crypto";
import { z } from "zod";
import type { Cache } from "../infra/cache/port.ts";
import type { FusedCandidate } from "./fuse.ts";
import type { Reader } from "./reader.ts";
import type { SearchRequest } from "./search.ts";

/** Of how rankings are made and stored: another number, and what was remembered before is not found. */
const FORMAT = 2;

/** What was remembered of a request, and where to put it. */
export interface RecalledRanking {
  /** Best first; null: nothing. */
  readonly ranking: readonly FusedCandidate[] | null;
  remember(ranking: readonly FusedCandidate[]): Promise<void>;
}

export interface RankingMemory {
  /** Null where nothing may be remembered just now. Errors: `database`. */
  recall(request: SearchRequest, reader: Reader): Promise<RecalledRanking | null>;
}

export interface RankingMemoryTools {
  readonly cache: Cache;
  /** Null while what is found has no name. */
  readonly indexVersion: () => Promise<string | null>;
  /** Of everything else that decides a ranking, such as the embedder. */
  readonly made: string;
}

const rankingSchema = z.array(z.tuple([z.string(), z.number()]));

/**
 * Remembers rankings: ids and scores, never text. A ranking belongs to a request, what the reader may read (the hash of the access filter and
 * the policy's epoch) and the state of the index; any change of these, and it is made anew. What was withdrawn a moment ago is not shown
 * either way, for text is read and access rechecked after it, remembered or not.
 */
export function rankingMemory({ cache, indexVersion, made }: RankingMemoryTools): RankingMemory {
  return {
    async recall({ query, selection, limit, options }, { filter }) {
      // Read before the search: a search that sees more than its version says is remembered under a version that nobody asks for any more.
      const version = await indexVersion();
      if (version === null) return null;
      const about = [FORMAT, made, version, filter.hash, filter.epoch, query, selection, limit, options];
      const key = createHash("sha256").update(JSON.stringify(about)).digest("hex");
      const held = rankingSchema.safeParse(await cache.get(key));
      return {
        ranking: held.success ? held.data.map(([chunkId, score]) => ({ chunkId, score })) : null,
        remember: (ranking) =>
          cache.set(
            key,
            ranking.map(({ chunkId, score }) => [chunkId, score]),
          ),
      };
    },
  };
}
