import { GroundworkError } from "../errors.ts";
import type { OdooClient, OdooSettings, OdooVersion } from "./odoo-client.ts";
import { clockOf, jsonOf, odooRequests, textAt, valueAt } from "./odoo-requests.ts";

/** Odoo's JSON-2 API, from version 19 on: one address a method, answered with its plain result. */
export function createJson2Client(settings: OdooSettings): OdooClient {
  const request = odooRequests(settings);
  const call: OdooClient["call"] = (model, method, named, signal) =>
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
        body: JSON.stringify(named),
      },
      (response) => readAnswer(`${model}.${method}`, response),
      signal,
    );
  return {
    call,
    userId: async (signal) => {
      const uid = valueAt(await call("res.users", "context_get", {}, signal), "uid");
      if (typeof uid === "number") return uid;
      throw new GroundworkError("odoo-answer", "Odoo does not tell whose key it is.");
    },
    server: (signal) =>
      request(
        "/web/version",
        "/web/version",
        { headers: { "x-odoo-database": settings.database }, redirect: "manual" },
        readVersion,
        signal,
      ),
  };
}

/** Older versions have no such address: there it is not found, or leads elsewhere. */
async function readVersion(response: Response): Promise<OdooVersion> {
  if (response.status >= 300 && response.status < 400) {
    throw new GroundworkError("odoo-refused", "Odoo has no JSON-2 API: check ODOO_URL.");
  }
  const version = textAt(await readAnswer("/web/version", response), "version");
  if (version === "") throw new GroundworkError("odoo-answer", "Odoo does not tell its version.");
  return { version, at: clockOf(response) };
}

async function readAnswer(what: string, response: Response): Promise<unknown> {
  const answer = await jsonOf(response);
  if (!response.ok) throw describeFailure(what, response.status, answer);
  if (answer !== undefined) return answer;
  throw new GroundworkError("odoo-answer", `Odoo answered ${what} with something else than JSON.`);
}

/**
 * Odoo's own text stays out of the message: it names records and people, and `debug` holds a traceback. What remains is the name of
 * its exception.
 */
function describeFailure(what: string, status: number, answer: unknown): GroundworkError {
  const name = textAt(answer, "name");
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
    textAt(answer, "name") === "builtins.ValueError" &&
    textAt(answer, "message").startsWith("Invalid field ")
  );
}
