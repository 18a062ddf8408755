import { LRUCache } from "lru-cache";
import type { Cache } from "./port.ts";

/** About 3 kB each. */
const ENTRIES = 2_000;

/** For this process alone. */
export function memoryCache(ttlMs: number): Cache {
  const held = new LRUCache<string, { readonly value: unknown }>({ max: ENTRIES, ttl: ttlMs });
  return {
    get: (key) => Promise.resolve(held.get(key)?.value),
    set: (key, value) => {
      held.set(key, { value });
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => {
      held.clear();
      return Promise.resolve();
    },
  };
}
