import { describe, expect, it } from "vitest";
import { createJson2Client } from "../../../infra/odoo/json2-client.ts";
import { createJsonRpcClient } from "../../../infra/odoo/json-rpc-client.ts";
import type { OdooProtocol } from "../../../infra/odoo/odoo-client.ts";
import { type OdooReply, startOdooServer } from "./fake-odoo-server.ts";

const SECRETS = /Traceback|Ada|secret\.py|0123456789/;
const fault = (status: number, name: string, message: string): OdooReply => ({
  status,
  body: { name, message, arguments: [message], context: {}, debug: "Traceback: /srv/odoo/secret.py" },
});
/** JSON-RPC says nothing with the status. */
const rpc = (name: string, message: string): OdooReply => fault(500, name, message);
const NO_DATABASE = 'connection to server on socket "/tmp" failed: FATAL:  database "Ada" does not exist\n';

describe("Odoo's faults", () => {
  it.each<[OdooProtocol, string, OdooReply, string]>([
    ["json-2", "a wrong key", fault(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"), "odoo-refused"],
    ["json-2", "no such model", fault(404, "werkzeug.exceptions.NotFound", "no model Ada"), "odoo-refused"],
    ["json-2", "no such database", { status: 404, body: "<!DOCTYPE html>" }, "odoo-refused"],
    ["json-2", "wrong arguments", fault(422, "werkzeug.exceptions.UnprocessableEntity", "Ada"), "odoo-answer"],
    ["json-rpc", "a wrong key", rpc("odoo.exceptions.AccessDenied", "Access Denied"), "odoo-refused"],
    ["json-rpc", "no such record", rpc("odoo.exceptions.MissingError", "Ada is gone"), "odoo-refused"],
    ["json-rpc", "no such model", rpc("odoo.exceptions.UserError", "Object x.ada doesn't exist"), "odoo-refused"],
    ["json-rpc", "no such method", rpc("builtins.AttributeError", "The method 'Ada' does not exist"), "odoo-refused"],
    ["json-rpc", "no such database", rpc("psycopg2.OperationalError", NO_DATABASE), "odoo-refused"],
    ["json-rpc", "no connection", rpc("psycopg2.OperationalError", "too many connections of Ada"), "odoo-unavailable"],
    ["json-rpc", "wrong arguments", rpc("builtins.TypeError", "search() got Ada"), "odoo-answer"],
    ["json-rpc", "a refusal in words", rpc("odoo.exceptions.UserError", "Ada does not like it"), "odoo-answer"],
    ["json-rpc", "no JSON-RPC", { status: 404, body: "<!DOCTYPE html>" }, "odoo-answer"],
    ["json-rpc", "a proxy's page", { status: 502, body: "<html>bad gateway</html>" }, "odoo-unavailable"],
    [
      "json-rpc",
      "too many wrong keys from here",
      rpc("odoo.exceptions.AccessDenied", "Too many login failures, please wait a bit before trying again."),
      "odoo-unavailable",
    ],
  ])("of %s: %s has the code that it means, and nothing of Odoo's text", async (protocol, _what, reply, code) => {
    await using server = await startOdooServer(() => reply);
    const failure: unknown = await client(protocol, server.url)
      .call("res.partner", "search", { domain: [] })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "GroundworkError", code, retryable: code === "odoo-unavailable" });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(SECRETS);
  });
});

function client(protocol: OdooProtocol, url: string) {
  const create = protocol === "json-2" ? createJson2Client : createJsonRpcClient;
  return create({ url, database: "lab", login: "ada", apiKey: "0123456789abcdef", timeoutMs: 5_000, retryDelayMs: 1 });
}
