import KeyvRedis from "@keyv/redis";
import { Keyv } from "keyv";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../log.ts";
import type { Cache } from "./port.ts";

/** Longer than a healthy Redis takes; a search must not wait for what it can do without. Milliseconds. */
const PATIENCE_MS = 250;
/** After a failure the server is left alone this long. Milliseconds. */
const REST_MS = 5_000;
const NAMESPACE = "groundwork";
const NO_ANSWER = Symbol("no answer");

/**
 * Shared by all processes that name the same Redis. Opens no connection before the first use; a server that is down, slow or refuses costs
 * what it would have remembered and nothing else. `url` is a secret: it never reaches the log.
 */
export function redisCache(url: string, ttlMs: number, log: Log): Cache {
  const store = new KeyvRedis<string>(
    { url, disableOfflineQueue: true, socket: { connectTimeout: PATIENCE_MS, reconnectStrategy: false } },
    { throwOnConnectError: true, throwOnErrors: true, connectionTimeout: PATIENCE_MS },
  );
  const keyv = new Keyv<unknown>({ store, namespace: NAMESPACE, ttl: ttlMs, throwOnErrors: true });
  // Failures are told by what each call throws.
  keyv.on("error", () => {});
  store.on("error", () => {});
  let rest = 0;

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < rest) return undefined;
    const ended = new AbortController();
    try {
      const late = sleep(PATIENCE_MS, NO_ANSWER, { signal: ended.signal });
      const found = await Promise.race([work(), late]);
      if (found !== NO_ANSWER) return found;
      fail("no answer in time");
    } catch (error) {
      fail(error instanceof Error ? error.name : "unknown");
    } finally {
      ended.abort();
    }
    return undefined;
  }

  function fail(reason: string): void {
    rest = performance.now() + REST_MS;
    log.warn({ reason }, "the cache does not answer; searching without it");
  }

  return {
    get: (key) => attempt(() => keyv.get(key)),
    async set(key, value) {
      await attempt(() => keyv.set(key, value));
    },
    async [Symbol.asyncDispose]() {
      await keyv.disconnect().catch(() => undefined);
    },
  };
}
