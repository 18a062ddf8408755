import { describe, expect, it } from "vitest";
import { type Config, readConfig } from "../../infra/config.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { POLICY_DOCUMENT, SENTENCE, type StandInServer, startStandIn } from "./stand-in-services.ts";

const question = "Who approves an order above 25,000 USD?";

async function textOf(server: StandInServer, accept: string): Promise<{ status: number; text: string }> {
  const response = await server.call("POST", "/v1/answers", { as: "bo", headers: { accept }, body: { question } });
  return { status: response.status, text: await response.text() };
}

/** Bo without a group, under another epoch. */
function withoutRights(): PolicySnapshot {
  const policy = inventedPolicy();
  const users = policy.users.map((user) => (user.login === "bo" ? { ...user, groupIds: [] } : user));
  return { ...policy, users, epoch: "after" };
}

describe("access that is taken away while an answer is made", () => {
  const ways = [
    [
      "by the policy",
      () => {
        let calls = 0;
        return { policies: { latest: async () => (calls++ === 0 ? inventedPolicy() : withoutRights()) } };
      },
    ],
    [
      "from the document",
      () => ({
        inspection: {
          byId: async () => [
            {
              documentId: POLICY_DOCUMENT,
              source: "folder:test",
              key: "policy.md",
              kind: "policy",
              title: "Policy",
              model: "file",
              recordId: null,
              parts: [{ part: "main", textHash: "hash", attributes: { model: ["file"], readers: [], companies: [] } }],
            },
          ],
          named: async () => [],
        },
      }),
    ],
    ["with the document", () => ({ inspection: { byId: async () => [], named: async () => [] } })],
  ] as const;

  it.each(ways)("%s takes the answer away", async (_how, database) => {
    await using server = await startStandIn({ database: database() });
    const { status, text } = await textOf(server, "application/json");
    expect(status).toBe(409);
    expect(JSON.parse(text)).toMatchObject({ code: "access-changed", detail: expect.stringContaining("Ask again") });
    expect(text).not.toContain(SENTENCE);
  });

  it.each(ways)("%s ends the stream before the next statement", async (_how, database) => {
    await using server = await startStandIn({ database: database() });
    const { text } = await textOf(server, "text/event-stream");
    expect(text).toMatch(/^event: error\n/);
    expect(text).toContain('"access-changed"');
    expect(text).not.toContain(SENTENCE);
  });

  it("is told to nobody whose access stays", async () => {
    await using server = await startStandIn();
    expect(await textOf(server, "application/json")).toMatchObject({
      status: 200,
      text: expect.stringContaining(SENTENCE),
    });
  });
});

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

describe("a live Odoo that does not confirm who may read what", () => {
  const config: Config = readConfig({
    ODOO_URL: "https://odoo.invalid",
    ODOO_DATABASE: "live",
    ODOO_API_KEY: "key",
    POLICY_MAX_AGE_SECONDS: "60",
  });
  const confirmed = (at: string | null) =>
    startStandIn({ services: { config }, database: { policies: { confirmedAt: async () => at } } });

  it.each([
    ["never did", null, /bringing the access .* up to date/],
    ["did too long ago", ago(61), /too long ago/],
  ])("and %s: nothing is shown, and readiness says why", async (_case, at, sentence) => {
    await using server = await confirmed(at);
    const { status, text } = await textOf(server, "application/json");
    expect(status).toBe(503);
    expect(text).not.toContain(SENTENCE);
    const ready = await server.call("GET", "/readyz");
    expect(ready.status).toBe(503);
    expect((await ready.json()).detail).toMatch(sentence);
  });

  it("and did lately: everything is shown", async () => {
    const at = ago(5);
    await using server = await confirmed(at);
    expect((await textOf(server, "application/json")).text).toContain(SENTENCE);
    expect(await (await server.call("GET", "/readyz")).json()).toMatchObject({
      status: "ready",
      policyConfirmedAt: at,
    });
  });
});
