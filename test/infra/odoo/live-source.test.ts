import { describe, expect, it } from "vitest";
import type { OdooRecord, OdooSource } from "../../../infra/odoo/port.ts";
import { openLiveSource } from "../../../infra/odoo/live-source.ts";
import type { OdooProtocol } from "../../../infra/odoo/odoo-client.ts";
import { type OdooQuestion, type OdooReply, startOdooServer } from "./fake-odoo-server.ts";

const API_KEY = "0123456789abcdef";
const odooError = (status: number, name: string, message: string): OdooReply => ({
  status,
  body: { name, message, arguments: [message], context: {}, debug: "Traceback: /srv/odoo/secret.py" },
});

describe.each<OdooProtocol>(["json-2", "json-rpc"])("a live Odoo through %s", (protocol) => {
  const open = (url: string, timeoutMs?: number) => openSource(protocol, url, timeoutMs);

  it("sends the key, the database and a context that includes archived records", async () => {
    await using server = await startOdooServer(() => ({ body: {} }));
    await open(server.url).fields("res.partner");
    expect(server.requests).toMatchObject([
      {
        model: "res.partner",
        method: "fields_get",
        apiKey: API_KEY,
        database: "lab",
        body: { context: { active_test: false, lang: "en_US" } },
      },
    ]);
  });

  it("reads every record once, in ascending id, over gaps of any size", async () => {
    const ids = [1, 2, 499, 500, 501, 1000, 7000, 7001, 900_000];
    await using server = await startOdooServer((request) => answerAsTable(request, ids));
    expect((await allRecords(open(server.url), "sale.order", ["name"])).map(({ id }) => id)).toEqual(ids);
  });

  it("never sets a limit, which mail.message would apply before it hides what the account may not see", async () => {
    await using server = await startOdooServer((request) => answerAsTable(request, [3, 4_000]));
    await allRecords(open(server.url), "mail.message", ["body"]);
    for (const { body } of server.requests) expect(body).not.toHaveProperty("limit");
  });

  it("leaves out the attachments that stand for a field", async () => {
    await using server = await startOdooServer((request) => answerAsTable(request, []));
    await allRecords(open(server.url), "ir.attachment", ["name"]);
    for (const { body } of server.requests) expect(JSON.stringify(body["domain"])).toContain('["res_field","=",false]');
  });

  it("leaves out a record that Odoo finds and then refuses to read, and reads the rest of its window", async () => {
    const ids = Array.from({ length: 30 }, (_, index) => index + 1);
    await using server = await startOdooServer((request) => {
      const reply = answerAsTable(request, ids);
      const isRefused =
        request.method === "search_read" &&
        (reply.body as readonly { readonly id: number }[]).some(({ id }) => id === 17);
      return isRefused ? odooError(403, "odoo.exceptions.AccessError", "top-secret") : reply;
    });
    const read = await allRecords(open(server.url), "crm.lead", ["name"]);
    expect(read.map(({ id }) => id)).toEqual(ids.filter((id) => id !== 17));
    expect(server.requests.length).toBeLessThan(20);
  });

  it("soon stops asking where every record is refused", async () => {
    const ids = Array.from({ length: 400 }, (_, index) => index + 1);
    await using server = await startOdooServer((request) =>
      request.method === "search_read"
        ? odooError(403, "odoo.exceptions.AccessError", "top-secret")
        : answerAsTable(request, ids),
    );
    await expect(allRecords(open(server.url), "crm.lead", ["name"])).rejects.toMatchObject({ code: "odoo-refused" });
    expect(server.requests.length).toBeLessThan(50);
  });

  it("tries again when the connection breaks or the server is overloaded", async () => {
    await using server = await startOdooServer((_request, earlier) => {
      if (earlier === 0) return "hang up";
      return earlier === 1
        ? { status: 503, body: "<html>busy</html>" }
        : { body: { name: { type: "char", string: "Name" } } };
    });
    expect(await open(server.url).fields("res.partner")).toEqual({ name: { type: "char", label: "Name" } });
    expect(server.requests).toHaveLength(3);
  });

  it("gives up after three attempts, and says that trying later may help", async () => {
    await using server = await startOdooServer(() => ({ status: 502, body: "<html>bad gateway</html>" }));
    await expect(open(server.url).fields("res.partner")).rejects.toMatchObject({
      code: "odoo-unavailable",
      retryable: true,
    });
    expect(server.requests).toHaveLength(3);
  });

  it("does not wait for ever on a server that never answers", async () => {
    await using server = await startOdooServer(() => "never");
    await expect(open(server.url, 30).fields("res.partner")).rejects.toMatchObject({ code: "odoo-unavailable" });
  });

  it("stops at once when it is told to", async () => {
    await using server = await startOdooServer(() => "never");
    const controller = new AbortController();
    const reading = open(server.url).fields("res.partner", controller.signal);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  });

  it.each([
    [
      "a model that the account may not read",
      odooError(403, "odoo.exceptions.AccessError", "Not for Ada"),
      "odoo-refused",
    ],
    ["a field that is not there", odooError(500, "builtins.ValueError", "Invalid field 'x' on 'y'"), "odoo-refused"],
    ["a page where an answer should be", { body: "<html>login</html>" }, "odoo-answer"],
    ["a server error", odooError(500, "psycopg2.errors.DiskFull", "no space"), "odoo-unavailable"],
  ])("answers %s with the code that it means", async (_what, reply, code) => {
    await using server = await startOdooServer(() => reply);
    const failure: unknown = await open(server.url)
      .fields("res.partner")
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "GroundworkError", code });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/Traceback|Ada|secret\.py|0123456789/);
  });

  it("refuses records that are none", async () => {
    await using server = await startOdooServer(() => ({ body: [{ name: "without id" }] }));
    await expect(allRecords(open(server.url), "res.partner", ["name"])).rejects.toMatchObject({ code: "odoo-answer" });
  });

  it("reads an attachment's bytes", async () => {
    await using server = await startOdooServer(() => ({ body: [{ id: 7, datas: "4pyT" }] }));
    expect(Buffer.from(await open(server.url).attachment(7)).toString()).toBe("✓");
  });

  it("refuses an attachment that is not there", async () => {
    await using server = await startOdooServer(() => ({ body: [] }));
    await expect(open(server.url).attachment(7)).rejects.toMatchObject({ code: "odoo-refused" });
  });

  it("keeps the oldest of several external ids", async () => {
    const rows = [
      { id: 1, res_id: 5, complete_name: "base.group_user" },
      { id: 9, res_id: 5, complete_name: "custom.group_user" },
    ];
    await using server = await startOdooServer(() => ({ body: rows }));
    expect(await open(server.url).externalIds("res.groups", [5, 6])).toEqual(new Map([[5, "base.group_user"]]));
  });
});

function openSource(protocol: OdooProtocol, url: string, timeoutMs = 5_000): OdooSource {
  return openLiveSource({ url, database: "lab", login: "ada", apiKey: API_KEY, protocol, timeoutMs, retryDelayMs: 1 });
}

async function allRecords(
  source: OdooSource,
  model: string,
  fields: readonly string[],
): Promise<readonly OdooRecord[]> {
  const records: OdooRecord[] = [];
  for await (const page of source.records(model, fields)) records.push(...page);
  return records;
}

/** Answers `search_read`, `search` and `search_count` over a table of ids, with the windows of the domain. */
function answerAsTable({ method, body }: OdooQuestion, ids: readonly number[]): OdooReply {
  let found = [...ids];
  const domain = Array.isArray(body["domain"]) ? body["domain"] : [];
  for (const condition of domain) {
    const [field, operator, value]: unknown[] = Array.isArray(condition) ? condition : [];
    if (field === "id" && operator === ">") found = found.filter((id) => id > Number(value));
    if (field === "id" && operator === "in") found = found.filter((id) => (value as number[]).includes(id));
    if (field === "id" && operator === "<=") found = found.filter((id) => id <= Number(value));
  }
  if (method === "search_count") return { body: found.length };
  return { body: method === "search" ? found : found.map((id) => ({ id, name: `record ${id}` })) };
}
