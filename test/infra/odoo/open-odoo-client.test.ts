import { describe, expect, it } from "vitest";
import { openOdooClient } from "../../../infra/odoo/open-odoo-client.ts";
import { startOdooServer } from "./fake-odoo-server.ts";

const settings = { database: "lab", login: "ada", apiKey: "key", timeoutMs: 5_000, retryDelayMs: 1 };

describe("the protocol", () => {
  it.each([
    ["14.0", "json-rpc"],
    ["17.0+e", "json-rpc"],
    ["saas~18.3", "json-rpc"],
    ["19.0", "json-2"],
    ["20.0+e", "json-2"],
  ])("is chosen by the version that the server tells: %s speaks %s", async (version, protocol) => {
    await using server = await startOdooServer(() => ({ body: [] }), { version });
    const odoo = openOdooClient({ ...settings, url: server.url });
    expect(await odoo.server()).toMatchObject({ version });
    await odoo.call("res.partner", "search", { domain: [] });
    expect(server.requests).toMatchObject([{ protocol, method: "search" }]);
  });

  it("can be stated", async () => {
    await using server = await startOdooServer(() => ({ body: [] }));
    const odoo = openOdooClient({ ...settings, url: server.url, protocol: "json-rpc" });
    await odoo.call("res.partner", "search", { domain: [] });
    expect(server.requests).toMatchObject([{ protocol: "json-rpc" }]);
  });

  it("needs no login where the key says whose it is", async () => {
    await using server = await startOdooServer(() => ({ body: { uid: 9 } }));
    expect(await openOdooClient({ ...settings, login: undefined, url: server.url }).userId()).toBe(9);
  });

  it("refuses a version without API keys, in a sentence", async () => {
    await using server = await startOdooServer(() => ({ body: [] }), { version: "13.0" });
    const odoo = openOdooClient({ ...settings, url: server.url });
    const failure = { code: "configuration", message: expect.stringContaining("13.0") as string };
    await expect(odoo.server()).rejects.toMatchObject(failure);
    await expect(odoo.call("res.partner", "search", { domain: [] })).rejects.toMatchObject(failure);
    expect(server.requests).toEqual([]);
  });

  it("says that nobody answers where nobody does", async () => {
    const odoo = openOdooClient({ ...settings, url: "http://127.0.0.1:9" });
    await expect(odoo.server()).rejects.toMatchObject({ code: "odoo-unavailable", retryable: true });
  });
});
