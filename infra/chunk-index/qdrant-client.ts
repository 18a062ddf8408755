import { QdrantClient } from "@qdrant/js-client-rest";

import { GroundworkError } from "../errors.ts";

export interface QdrantAddress {
  /** Port 6333 where none is stated; a path is kept as a prefix. */
  readonly url: string;
  readonly apiKey: string | null;
  /** How long one request may take, milliseconds. */
  readonly timeoutMs: number;
}

type Api = ReturnType<QdrantClient["api"]>;

/** A Qdrant server, whose every failure is a `GroundworkError` of code `index`, or `cancelled`. */
export interface Qdrant {
  request<T>(
    operation: (api: Api, init: RequestInit) => Promise<{ readonly data: { readonly result?: T } }>,
    options?: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number },
  ): Promise<T>;
}

/**
 * The first version that can take term statistics over the points of a filter (`params.idf.corpus`). An older one ignores that parameter
 * without a word and counts every chunk, so that hidden documents would move scores.
 */
const OLDEST_VERSION = { major: 1, minor: 19 };

/** Opens no connection; the server's version is asked before the first request that it answers. */
export function openQdrant({ url, apiKey, timeoutMs }: QdrantAddress): Qdrant {
  const api = clientOf(url, apiKey).api();
  let known: Promise<true> | null = null;
  const send: Qdrant["request"] = async (operation, options = {}) => {
    const deadline = AbortSignal.timeout(options.timeoutMs ?? timeoutMs);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
    try {
      const { data } = await operation(api, { signal });
      if (data.result === undefined)
        throw new GroundworkError("index", "The search index gave an answer without content.");
      return data.result;
    } catch (error) {
      if (options.signal?.aborted === true) {
        throw new GroundworkError("cancelled", "The request was cancelled.", { cause: options.signal.reason });
      }
      throw qdrantError(error);
    }
  };
  return {
    async request(operation, options) {
      const checking = (known ??= send(async (api, init) => {
        const { data } = await api.root({}, init);
        return { data: { result: checkVersion(data.version) } };
      }));
      await checking.catch((error: unknown) => {
        known = null;
        throw error;
      });
      return send(operation, options);
    },
  };
}

function clientOf(url: string, apiKey: string | null): QdrantClient {
  const address = new URL(url);
  // `URL` forgets a port that is its scheme's own, and the client would then take Qdrant's.
  const port = Number(/^\w+:\/\/[^/]*:(\d+)(?:\/|$)/.exec(url)?.[1] ?? 6333);
  return new QdrantClient({
    host: address.hostname,
    port,
    https: address.protocol === "https:",
    prefix: address.pathname.replace(/\/$/, ""),
    headers: {
      // Compressed answers come in chunks, of which the server holds the last one back until the one before is acknowledged: up to 40 ms.
      "accept-encoding": "identity",
      // As a header: the client writes a warning of its own to the console about keys without TLS.
      ...(apiKey === null ? {} : { "api-key": apiKey }),
    },
    // Deadlines come with each request; the client's own would replace its signal.
    timeout: Number.POSITIVE_INFINITY,
    checkCompatibility: false,
  });
}

function checkVersion(version: string): true {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === OLDEST_VERSION.major && minor >= OLDEST_VERSION.minor) return true;
  throw new GroundworkError(
    "index",
    `The Qdrant server is version ${version}; ${OLDEST_VERSION.major}.${OLDEST_VERSION.minor} or a later ${OLDEST_VERSION.major}.x is needed.`,
  );
}

/** What is wrong with the request itself: sent again, it is refused again. */
const REFUSED = new Set([400, 409, 413, 422]);

/** An answer with a status is an `ApiError` of the client's fetcher, which it does not export; anything else is the network's. */
function qdrantError(error: unknown): GroundworkError {
  if (error instanceof GroundworkError) return error;
  const status = error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : null;
  if (status !== null && REFUSED.has(status)) {
    return new GroundworkError("index", `The search index refused the request (${status}); the log holds the cause.`, {
      cause: error,
    });
  }
  const message = STATUSES.get(status) ?? "The search index cannot be reached or is busy; try again in a moment.";
  return new GroundworkError("index", message, { cause: error, retryable: true });
}

const STATUSES: ReadonlyMap<number | null, string> = new Map([
  [401, "The search index refused the key; check QDRANT_API_KEY."],
  [403, "The search index refused the key; check QDRANT_API_KEY."],
  [404, "The search index is not there; it is filled anew when it is next written to."],
]);
