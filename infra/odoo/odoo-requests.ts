import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../errors.ts";
import type { OdooSettings } from "./odoo-client.ts";

const ATTEMPTS = 3;
const TIMEOUT_MS = 60_000;
const RETRY_DELAY_MS = 500;

/** One request to an Odoo: sent again where that may help, and given up in time. `read` makes the answer, or the error, of a response. */
export type OdooRequest = <Answer>(
  what: string,
  path: string,
  init: RequestInit,
  read: (response: Response) => Promise<Answer>,
  signal?: AbortSignal,
) => Promise<Answer>;

/** Errors: those that `read` throws; `odoo-unavailable`, `cancelled`. */
export function odooRequests(settings: OdooSettings): OdooRequest {
  const base = settings.url.replace(/\/+$/, "");
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const retryDelayMs = settings.retryDelayMs ?? RETRY_DELAY_MS;
  return async (what, path, init, read, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const deadline = AbortSignal.timeout(timeoutMs);
        const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
        // A key never follows a redirection.
        return await read(await fetch(base + path, { redirect: "error", ...init, signal: either }));
      } catch (cause) {
        if (signal?.aborted === true) {
          throw new GroundworkError("cancelled", "Reading from Odoo was cancelled.", { cause });
        }
        const error = cause instanceof GroundworkError ? cause : unreachable(what, cause);
        if (!error.retryable || attempt === ATTEMPTS) throw error;
        await pause(retryDelayMs * 2 ** (attempt - 1), signal);
      }
    }
  };
}

/** `undefined` for what is no JSON. */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server's own clock. */
export function clockOf(response: Response): Date {
  const stated = new Date(response.headers.get("date") ?? "");
  return Number.isNaN(stated.getTime()) ? new Date() : stated;
}

/** The text under a key of an object; empty where there is none. */
export function textAt(object: unknown, key: string): string {
  const value = valueAt(object, key);
  return typeof value === "string" ? value : "";
}

export function valueAt(object: unknown, key: string): unknown {
  if (typeof object !== "object" || object === null) return undefined;
  return Object.entries(object).find(([name]) => name === key)?.[1];
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new GroundworkError("cancelled", "Reading from Odoo was cancelled.", { cause });
  }
}

function unreachable(what: string, cause: unknown): GroundworkError {
  const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
  const message = timedOut
    ? `Odoo did not answer ${what} in time.`
    : `Odoo cannot be reached (${what}): check ODOO_URL.`;
  return new GroundworkError("odoo-unavailable", message, { cause, retryable: true });
}
