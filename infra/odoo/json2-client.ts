import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../errors.ts";

export interface Json2Settings {
  /** Address of the Odoo, without a path. */
  readonly url: string;
  readonly database: string;
  readonly apiKey: string;
  /** For one attempt of one request. */
  readonly timeoutMs?: number;
  /** Before the second attempt; each further one waits twice as long. */
  readonly retryDelayMs?: number;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 60_000;
const RETRY_DELAY_MS = 500;

/** One request of Odoo 19's JSON-2 API, which answers with the method's plain result. */
export interface Json2Client {
  /** Errors: `odoo-unavailable` after the last attempt, `odoo-refused`, `odoo-answer`, `cancelled`. */
  call(model: string, method: string, body: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<unknown>;
  /** The same for an address that needs no key, with the server's own clock. */
  get(path: string, signal?: AbortSignal): Promise<{ readonly answer: unknown; readonly at: Date }>;
}

export function createJson2Client(settings: Json2Settings): Json2Client {
  const base = settings.url.replace(/\/+$/, "");
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const retryDelayMs = settings.retryDelayMs ?? RETRY_DELAY_MS;

  async function request<Answer>(
    what: string,
    path: string,
    init: RequestInit,
    read: (what: string, response: Response) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const deadline = AbortSignal.timeout(timeoutMs);
        const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
        const response = await fetch(base + path, { ...init, signal: either, redirect: "error" });
        return await read(what, response);
      } catch (cause) {
        if (signal?.aborted === true) {
          throw new GroundworkError("cancelled", "Reading from Odoo was cancelled.", { cause });
        }
        const error = cause instanceof GroundworkError ? cause : unreachable(what, cause);
        if (!error.retryable || attempt === ATTEMPTS) throw error;
        await pause(retryDelayMs * 2 ** (attempt - 1), signal);
      }
    }
  }

  return {
    call: (model, method, body, signal) =>
      request(
        `${model}.${method}`,
        `/json/2/${encodeURIComponent(model)}/${encodeURIComponent(method)}`,
        {
          method: "POST",
          headers: {
            authorization: `bearer ${settings.apiKey}`,
            "content-type": "application/json",
            "x-odoo-database": settings.database,
          },
          body: JSON.stringify(body),
        },
        readAnswer,
        signal,
      ),
    get: (path, signal) =>
      request(path, path, { headers: { "x-odoo-database": settings.database } }, readDatedAnswer, signal),
  };
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new GroundworkError("cancelled", "Reading from Odoo was cancelled.", { cause });
  }
}

async function readAnswer(what: string, response: Response): Promise<unknown> {
  const text = await response.text();
  const answer = parseJson(text);
  if (response.ok) {
    if (answer === undefined)
      throw new GroundworkError("odoo-answer", `Odoo answered ${what} with something else than JSON.`);
    return answer;
  }
  throw describeFailure(what, response.status, answer);
}

async function readDatedAnswer(what: string, response: Response): Promise<{ answer: unknown; at: Date }> {
  const stated = new Date(response.headers.get("date") ?? "");
  return { answer: await readAnswer(what, response), at: Number.isNaN(stated.getTime()) ? new Date() : stated };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Odoo's own text stays out of the message: it names records and people, and `debug` holds a traceback. What remains is the name of
 * its exception.
 */
function describeFailure(what: string, status: number, answer: unknown): GroundworkError {
  const name = readString(answer, "name");
  const reason = name === "" ? `HTTP ${status}` : name;
  if (status === 401) {
    return new GroundworkError(
      "odoo-refused",
      "Odoo did not accept the API key: check ODOO_API_KEY and ODOO_DATABASE.",
    );
  }
  if (status === 404 && answer === undefined) {
    return new GroundworkError(
      "odoo-refused",
      "Odoo has no such database, or no JSON-2 API: check ODOO_URL and ODOO_DATABASE.",
    );
  }
  if (status === 403 || status === 404 || isInvalidField(status, answer)) {
    return new GroundworkError("odoo-refused", `Odoo refused ${what} (${reason}).`);
  }
  if (status >= 500 || status === 429) {
    return new GroundworkError("odoo-unavailable", `Odoo failed at ${what} (${reason}); try again later.`, {
      retryable: true,
    });
  }
  return new GroundworkError("odoo-answer", `Odoo did not understand ${what} (${reason}).`);
}

/** An unknown field comes as a 500: `ValueError: Invalid field 'x' on 'y'`. */
function isInvalidField(status: number, answer: unknown): boolean {
  return (
    status === 500 &&
    readString(answer, "name") === "builtins.ValueError" &&
    readString(answer, "message").startsWith("Invalid field ")
  );
}

function readString(answer: unknown, key: string): string {
  if (typeof answer !== "object" || answer === null) return "";
  const value = Object.entries(answer).find(([name]) => name === key)?.[1];
  return typeof value === "string" ? value : "";
}

function unreachable(what: string, cause: unknown): GroundworkError {
  const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
  const message = timedOut
    ? `Odoo did not answer ${what} in time.`
    : `Odoo cannot be reached (${what}): check ODOO_URL.`;
  return new GroundworkError("odoo-unavailable", message, { cause, retryable: true });
}
