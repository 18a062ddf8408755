import { type ErrorCode, GroundworkError } from "../errors.ts";

/** SQLSTATE classes after which the same call may succeed: connection, resources, operator, and serialization or deadlock. */
const RETRYABLE_STATES = /^(08|53|57|40)/;
const RETRYABLE_CODES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);

/** postgres.js puts SQLSTATE or its own code in `code`, of the error or of what caused it. */
function codeOf(error: unknown): string | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth++) {
    if ("code" in current && typeof current.code === "string") return current.code;
  }
  return null;
}

/** Runs a piece of database work; whatever goes wrong becomes a `GroundworkError` whose sentence holds no query and no value. */
export async function guarded<T>(code: Extract<ErrorCode, "database" | "index">, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseError(code, error);
  }
}

/** Maps an error of the driver; a `GroundworkError` stays what it is. */
export function databaseError(code: Extract<ErrorCode, "database" | "index">, error: unknown): GroundworkError {
  if (error instanceof GroundworkError) return error;
  const state = codeOf(error);
  const retryable = state !== null && (RETRYABLE_CODES.has(state) || RETRYABLE_STATES.test(state));
  const what = code === "index" ? "The search index" : "The database";
  const message = retryable
    ? `${what} cannot be reached or is busy; try again in a moment.`
    : `${what} refused the request${state === null ? "" : ` (${state})`}; the log holds the cause.`;
  return new GroundworkError(code, message, { cause: error, retryable });
}

/** The promise, or `cancelled` as soon as the signal says so; work that has begun ends on its own. */
export async function unlessCancelled<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  const cancelled = () => new GroundworkError("cancelled", "The request was cancelled.", { cause: signal.reason });
  if (signal.aborted) throw cancelled();
  const { promise: abortion, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(cancelled());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(), abortion]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
