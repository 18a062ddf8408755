import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { memoryCache } from "./memory-cache.ts";
import type { Cache } from "./port.ts";

/** How long a ranking is remembered at most; it is let go as soon as the index changes. Milliseconds. */
const TTL_MS = 600_000;

/** In memory, or in the Redis of CACHE_URL: loaded only where it is configured. */
export async function openCache({ cacheUrl }: Pick<Config, "cacheUrl">, log: Log): Promise<Cache> {
  if (cacheUrl === null) return memoryCache(TTL_MS);
  const { redisCache } = await import("./redis-cache.ts");
  return redisCache(cacheUrl.reveal(), TTL_MS, log);
}
