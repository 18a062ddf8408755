import { describe, expect, it } from "vitest";
import { askOdoo } from "../../../eval/parity/ask-odoo.ts";
import { startOdooServer } from "../../infra/odoo/fake-odoo-server.ts";

const logins = new Map([
  [7, "ann"],
  [8, "bob"],
]);

/** Key `7` is the key of user 7; what is refused is refused with Odoo's 403. */
const reply = ({ apiKey, method, body }: { apiKey: string; method: string; body: object }) => {
  const uid = Number(apiKey);
  if (!(uid > 0)) return { status: 401, body: { name: "werkzeug.exceptions.Unauthorized" } };
  if (method === "context_get") return { body: { uid } };
  const isSecret = JSON.stringify(body).includes("secret");
  return isSecret ? { status: 403, body: { name: "odoo.exceptions.AccessError" } } : { body: [] };
};

describe("a person whom parity asks", () => {
  it("is refused by name when Odoo does not take the key, or when it is another's", async () => {
    await using server = await startOdooServer(reply);
    const ask = (apiKey: string, login: string) =>
      askOdoo({ url: server.url, database: "odoo", apiKey }, login, logins);
    await expect(ask("none", "ann")).rejects.toThrow("Odoo does not accept the key of ann.");
    await expect(ask("8", "ann")).rejects.toThrow("The key that is stated for ann is another user's.");
    await expect(ask("8", "ghost")).rejects.toThrow("The key that is stated for ghost is another user's.");
    await expect(ask("9", "ghost")).resolves.toBeDefined();
    await expect(ask("7", "ann")).resolves.toBeDefined();
  });

  it("does not read a field that Odoo lists and refuses", async () => {
    await using server = await startOdooServer(reply);
    const reader = await askOdoo({ url: server.url, database: "odoo", apiKey: "7" }, "ann", logins);
    expect(await reader.reads("hr.employee", "name")).toBe(true);
    expect(await reader.reads("hr.employee", "secret")).toBe(false);
  });
});
