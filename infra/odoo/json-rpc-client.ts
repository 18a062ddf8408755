import { GroundworkError } from "../errors.ts";
import type { OdooClient, OdooSettings, OdooVersion } from "./odoo-client.ts";
import { withNewestNames } from "./newest-names.ts";
import { clockOf, jsonOf, odooRequests, textAt, valueAt } from "./odoo-requests.ts";

/** A key that was refused is not tried again for so long: after ten refusals Odoo refuses every key that comes from the same address, for a minute. */
const REFUSED_MS = 60_000;

/** What goes first and without a name: what is called `domain` here was `args` before Odoo 17. */
const POSITIONAL: readonly string[] = ["ids", "domain"];

/** Odoo's JSON-RPC (`/jsonrpc`, `execute_kw`), which versions 14 to 19 have, under the names of Odoo 19. Faults come with HTTP 200. */
export function createJsonRpcClient(settings: OdooSettings): OdooClient {
  const { database, login, apiKey } = settings;
  const request = odooRequests(settings);
  let user: number | null = null;
  let refused: { readonly until: number; readonly error: GroundworkError } | null = null;

  function ask<Answer>(
    what: string,
    params: { readonly service: string; readonly method: string; readonly args: readonly unknown[] },
    read: (result: unknown, response: Response) => Answer,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "call", params });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    const readResponse = async (response: Response) => read(await readResult(what, response), response);
    return request(what, "/jsonrpc", init, readResponse, signal);
  }

  /** As `ask`, with the key. */
  async function askWithKey(
    what: string,
    params: { readonly service: string; readonly method: string; readonly args: readonly unknown[] },
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (refused !== null && performance.now() < refused.until) throw refused.error;
    try {
      const result = await ask(what, params, (answer) => answer, signal);
      if (result === false && params.service === "common") throw new KeyRefused();
      refused = null;
      return result;
    } catch (error) {
      if (error instanceof KeyRefused) refused = { until: performance.now() + REFUSED_MS, error };
      throw error;
    }
  }

  async function signIn(signal?: AbortSignal): Promise<number> {
    if (login === undefined) {
      throw new GroundworkError(
        "configuration",
        "This Odoo is read through JSON-RPC, which asks for a login: set ODOO_LOGIN to the login whose key ODOO_API_KEY is.",
      );
    }
    const args = [database, login, apiKey, {}];
    const uid = await askWithKey("common.authenticate", { service: "common", method: "authenticate", args }, signal);
    if (typeof uid !== "number") throw new GroundworkError("odoo-answer", "Odoo does not tell whose key it is.");
    user = uid;
    return uid;
  }

  return withNewestNames({
    call: async (model, method, named, signal) => {
      const uid = user ?? (await signIn(signal));
      const positional = POSITIONAL.filter((name) => Object.hasOwn(named, name)).map((name) => named[name]);
      const keywords = Object.fromEntries(Object.entries(named).filter(([name]) => !POSITIONAL.includes(name)));
      const args = [database, uid, apiKey, model, method, positional, keywords];
      return askWithKey(`${model}.${method}`, { service: "object", method: "execute_kw", args }, signal);
    },
    userId: signIn,
    server: (signal) => ask("common.version", { service: "common", method: "version", args: [] }, readVersion, signal),
  });
}

function readVersion(result: unknown, response: Response): OdooVersion {
  const version = textAt(result, "server_version");
  if (version === "") throw new GroundworkError("odoo-answer", "Odoo does not tell its version.");
  return { version, at: clockOf(response) };
}

/** Thrown for a key that Odoo does not take. */
class KeyRefused extends GroundworkError {
  constructor() {
    super(
      "odoo-refused",
      "Odoo did not accept the login and its API key: check ODOO_LOGIN, ODOO_API_KEY and ODOO_DATABASE.",
    );
  }
}

async function readResult(what: string, response: Response): Promise<unknown> {
  const answer = await jsonOf(response);
  if (response.status >= 500 || response.status === 429) {
    throw new GroundworkError(
      "odoo-unavailable",
      `Odoo failed at ${what} (HTTP ${response.status}); try again later.`,
      {
        retryable: true,
      },
    );
  }
  const result = valueAt(answer, "result");
  const error = valueAt(answer, "error");
  if (response.ok && error !== undefined) throw describeFault(what, valueAt(error, "data"));
  if (response.ok && result !== undefined) return result;
  throw new GroundworkError(
    "odoo-answer",
    `Odoo answered ${what} with no JSON-RPC (HTTP ${response.status}): check ODOO_URL.`,
  );
}

/** Faults of the same meaning as JSON-2's 403 and 404, by the name of the exception and what its text must say. */
const REFUSALS: readonly (readonly [name: string, text: RegExp])[] = [
  ["odoo.exceptions.AccessError", /^/],
  ["odoo.exceptions.MissingError", /^/],
  ["odoo.exceptions.UserError", /^Object \S+ doesn't exist/],
  ["builtins.AttributeError", /^/],
  ["builtins.ValueError", /^Invalid field /],
];

/** Faults that the question is to blame for. */
const MISUNDERSTOOD: ReadonlySet<string> = new Set([
  "builtins.TypeError",
  "odoo.exceptions.UserError",
  "odoo.exceptions.ValidationError",
]);

/**
 * Odoo's own text stays out of the message: it names records and people, and `debug` holds a traceback. What remains is the name of
 * its exception.
 */
function describeFault(what: string, data: unknown): GroundworkError {
  const name = textAt(data, "name");
  const text = textAt(data, "message");
  if (name === "odoo.exceptions.AccessDenied") {
    // Also said of a right key, to an address from which wrong ones came.
    return text.startsWith("Too many login failures")
      ? new GroundworkError("odoo-unavailable", "Odoo takes no key from here for a minute: too many were wrong.", {
          retryable: true,
        })
      : new KeyRefused();
  }
  if (name === "psycopg2.OperationalError" && /database .* does not exist/.test(text)) {
    return new GroundworkError("odoo-refused", "Odoo has no such database: check ODOO_DATABASE.");
  }
  if (REFUSALS.some(([refusal, wanted]) => refusal === name && wanted.test(text))) {
    return new GroundworkError("odoo-refused", `Odoo refused ${what} (${name}).`);
  }
  if (MISUNDERSTOOD.has(name)) return new GroundworkError("odoo-answer", `Odoo did not understand ${what} (${name}).`);
  return new GroundworkError("odoo-unavailable", `Odoo failed at ${what} (${name}); try again later.`, {
    retryable: true,
  });
}
