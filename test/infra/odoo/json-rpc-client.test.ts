import { describe, expect, it } from "vitest";
import { createJsonRpcClient } from "../../../infra/odoo/json-rpc-client.ts";
import { type FakeOdooOptions, type OdooQuestion, type OdooReply, startOdooServer } from "./fake-odoo-server.ts";

const denied: OdooReply = { status: 500, body: { name: "odoo.exceptions.AccessDenied", message: "Access Denied" } };

async function start(reply: (question: OdooQuestion) => OdooReply, options: FakeOdooOptions = {}) {
  return startOdooServer(reply, { version: "16.0", ...options });
}

function client(url: string, login: string | undefined = "ada") {
  return createJsonRpcClient({ url, database: "lab", login, apiKey: "key", timeoutMs: 5_000, retryDelayMs: 1 });
}

describe("the JSON-RPC client", () => {
  it("signs in once for all calls, with the login and its key", async () => {
    const asked: string[] = [];
    const authenticate = (login: string, apiKey: string) => {
      asked.push(`${login} ${apiKey}`);
      return 12;
    };
    await using server = await start(() => ({ body: [] }), { authenticate });
    const odoo = client(server.url);
    for (const model of ["sale.order", "crm.lead"]) await odoo.call(model, "search", { domain: [] });
    expect(asked).toEqual(["ada key"]);
    expect(server.requests).toMatchObject([
      {
        protocol: "json-rpc",
        database: "lab",
        apiKey: "key",
        model: "sale.order",
        method: "search",
        body: { domain: [] },
      },
      { model: "crm.lead" },
    ]);
  });

  it("says which setting is missing where there is no login", async () => {
    await using server = await start(() => ({ body: [] }));
    const odoo = createJsonRpcClient({ url: server.url, database: "lab", apiKey: "key" });
    const failure = { code: "configuration", message: expect.stringContaining("ODOO_LOGIN") as string };
    await expect(odoo.userId()).rejects.toMatchObject(failure);
    await expect(odoo.call("res.partner", "search", {})).rejects.toMatchObject(failure);
  });

  it("asks anew whose key it is, so that a key that was revoked is noticed", async () => {
    let user: number | false = 12;
    await using server = await start(() => ({ body: [] }), { authenticate: () => user });
    const odoo = client(server.url);
    expect(await odoo.userId()).toBe(12);
    user = false;
    await expect(odoo.userId()).rejects.toMatchObject({ code: "odoo-refused" });
  });

  it("does not go on with a key that was refused, lest Odoo close to every key from here", async () => {
    await using server = await start(() => denied);
    const odoo = client(server.url);
    for (let turn = 0; turn < 20; turn += 1) {
      await expect(odoo.call("res.partner", "search", {})).rejects.toMatchObject({ code: "odoo-refused" });
    }
    await expect(odoo.userId()).rejects.toMatchObject({ code: "odoo-refused" });
    expect(server.requests).toHaveLength(1);
    expect(server.signedIn).toHaveLength(1);
  });

  it("groups as older versions do", async () => {
    await using server = await start(() => ({ body: [{ id: 1, __count: 3, write_date: "2026-01-02 03:04:05" }] }));
    const named = { domain: [], groupby: [], aggregates: ["__count", "write_date:max"], context: { lang: "en_US" } };
    const answer = await client(server.url).call("sale.order", "formatted_read_group", named);
    expect(answer).toMatchObject([{ __count: 3, "write_date:max": "2026-01-02 03:04:05" }]);
    expect(server.requests).toMatchObject([
      { method: "read_group", body: { domain: [], fields: ["write_date:max"], groupby: [], lazy: false } },
    ]);
  });

  it("names a field where it only counts, for Odoo 14 groups no attachments without one", async () => {
    await using server = await start(() => ({ body: [{ __count: 3, res_model: "sale.order" }] }));
    const named = { domain: [], groupby: ["res_model"], aggregates: ["__count"] };
    const answer = await client(server.url).call("ir.attachment", "formatted_read_group", named);
    expect(answer).toMatchObject([{ __count: 3, res_model: "sale.order" }]);
    expect(server.requests).toMatchObject([{ body: { fields: ["res_model"], groupby: ["res_model"] } }]);
  });

  it("gives renamed fields their name of today, and keeps the former one for rules that name it", async () => {
    await using server = await start(({ method, body }) => {
      const fields = { login: { type: "char" }, groups_id: { type: "many2many" } };
      if (method === "fields_get") return { body: fields };
      const row = { id: 5, login: "ada", groups_id: [1, 2] };
      const asked = body["fields"] as readonly (keyof typeof row)[];
      return { body: [Object.fromEntries(["id" as const, ...asked].map((name) => [name, row[name]]))] };
    });
    const odoo = client(server.url);
    const described = { type: "many2many" };
    expect(await odoo.call("res.users", "fields_get", {})).toMatchObject({
      group_ids: described,
      groups_id: described,
    });
    const read = (fields: readonly string[]) =>
      odoo.call("res.users", "search_read", { domain: [["group_ids", "in", [1]]], fields });
    expect(await read(["login", "group_ids"])).toEqual([{ id: 5, login: "ada", group_ids: [1, 2] }]);
    expect(await read(["groups_id", "group_ids"])).toEqual([{ id: 5, groups_id: [1, 2], group_ids: [1, 2] }]);
    expect(server.requests.at(-1)?.body).toMatchObject({ domain: [["groups_id", "in", [1]]], fields: ["groups_id"] });
  });

  it("leaves a field alone that has its name of today, even where a former one is there as well", async () => {
    const fields = { partner_id: { type: "many2one" }, name: { type: "char" } };
    await using server = await start(({ method }) => ({
      body: method === "fields_get" ? fields : [{ id: 1, partner_id: [3, "Volt"], name: "x" }],
    }));
    const odoo = client(server.url);
    const named = { domain: [], fields: ["partner_id"] };
    expect(await odoo.call("product.supplierinfo", "search_read", named)).toMatchObject([{ partner_id: [3, "Volt"] }]);
    expect(server.requests.at(-1)?.body).toMatchObject({ fields: ["partner_id"] });
  });

  it("takes every company for active where companies cannot be archived, and lets no rule name that", async () => {
    await using server = await start(({ method }) => ({
      body: method === "fields_get" ? { name: { type: "char" } } : [{ id: 1, name: "Main" }],
    }));
    const odoo = client(server.url);
    expect(await odoo.call("res.company", "search_read", { domain: [], fields: ["name", "active"] })).toEqual([
      { id: 1, name: "Main", active: true },
    ]);
    expect(await odoo.call("res.company", "fields_get", {})).toEqual({ name: { type: "char" } });
    expect(server.requests.at(-2)?.body).toMatchObject({ fields: ["name"] });
  });
});
