import { GroundworkError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ChunkIndex } from "./port.ts";

/** After a failure the first index is left alone this long, so that not every question waits for it in vain. Milliseconds. */
const REST_MS = 5_000;

/**
 * Asks the second index when the first fails, and says so in `degraded`. Both hold the same filter to the same meaning. Errors: those of the
 * second; a cancelled search stays cancelled, and what is wrong with the question or the database is not the first index's failure.
 */
export function indexWithFallback(first: ChunkIndex, second: ChunkIndex, log: Log): ChunkIndex {
  let rest = 0;
  return {
    async search(query, filter, signal) {
      if (performance.now() >= rest) {
        try {
          return await first.search(query, filter, signal);
        } catch (error) {
          if (!(error instanceof GroundworkError) || error.code !== "index") throw error;
          rest = performance.now() + REST_MS;
          log.warn({ error }, "search index failed; the database answers");
        }
      }
      const found = await second.search(query, filter, signal);
      return { ...found, degraded: "The search index did not answer; the database searched instead." };
    },
  };
}
