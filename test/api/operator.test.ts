import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEventStream } from "../../api/web/source/read-event-stream.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { type StandInServer, startStandIn, idleIngestion } from "./stand-in-services.ts";
import { idleWork } from "../support/idle-work.ts";

let server: StandInServer;

beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server[Symbol.asyncDispose]());

const routes = [
  ["POST", "/v1/ingestions", { body: {} }],
  ["GET", "/v1/ingestion", {}],
  ["GET", "/v1/keys", {}],
  ["POST", "/v1/keys", { body: { login: "mia" } }],
  ["DELETE", "/v1/keys/any", {}],
  ["POST", "/v1/access/explain", { body: { login: "mia", record: "approval.md" } }],
  ["POST", "/v1/access/replay", { body: { requestId: "any" } }],
] as const;

describe("what only the operator may do", () => {
  it.each(routes)("%s %s is forbidden to users, by key or by session", async (method, path, options) => {
    const { key } = await server.apiKeys.create("mia", "test");
    const session = await server.call("POST", "/v1/session", { body: { login: "bo.buyer" } });
    const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    for (const headers of [{ authorization: `Bearer ${key}` }, { cookie }, { cookie, "x-groundwork-as": "operator" }]) {
      const response = await server.call(method, path, { ...options, headers });
      expect(response.status).toBe(403);
      expect(response.headers.get("content-type")).toMatch(/problem\+json/);
    }
    expect((await server.call(method, path, options)).status).toBe(401);
    expect(await server.apiKeys.list(), "no key but those of the tests").toSatisfy(
      (keys: readonly { label: string }[]) => keys.every(({ label }) => label === "test"),
    );
  });

  it("makes a key for a user whom Odoo knows, lists it without the key, and revokes it; each is recorded", async () => {
    await using own = await startStandIn();
    const response = await own.call("POST", "/v1/keys", { as: "operator", body: { login: "mia", label: "nightly" } });
    expect(response.status).toBe(201);
    const { key, id } = (await response.json()) as { key: string; id: string };
    const listed = await (await own.call("GET", "/v1/keys", { as: "operator" })).text();
    expect(listed).toContain(id);
    expect(listed).not.toContain(key);
    expect((await own.call("DELETE", `/v1/keys/${id}`, { as: "operator" })).status).toBe(204);
    expect((await own.call("DELETE", `/v1/keys/${id}`, { as: "operator" })).status).toBe(404);
    expect(own.audited.map(({ action, login, via, outcome }) => ({ action, login, via, outcome }))).toEqual([
      { action: "key-created", login: "mia", via: "operator", outcome: id },
      { action: "key-revoked", login: "operator", via: "operator", outcome: id },
    ]);
    expect(JSON.stringify(own.audited)).not.toContain(key);
  });

  it("makes no key for a user whom Odoo does not know or has archived", async () => {
    for (const login of ["never.was", "gone"]) {
      const response = await server.call("POST", "/v1/keys", { as: "operator", body: { login } });
      expect(response.status, login).toBe(404);
      expect((await response.json()).detail).toMatch(/no such user/i);
    }
  });

  it("reports an ingestion as events, and its fault as an event", async () => {
    const report = { source: "odoo:test", seen: 1, written: 1, unchanged: 0, removed: 0, failed: 0 };
    let fails = false;
    await using own = await startStandIn({
      services: {
        ingestion: {
          ...idleIngestion,
          synchronise: async ({ onProgress, folder } = {}) => {
            if (fails) throw new GroundworkError("unreadable-file", "The folder cannot be read.");
            onProgress?.(idleWork);
            return [{ ...report, source: folder ?? "" }];
          },
        },
      },
    });
    const run = async () => {
      const response = await own.call("POST", "/v1/ingestions", { as: "operator", body: { folder: "/some/folder" } });
      const found: unknown[] = [];
      for await (const { name, data } of readEventStream(response.body ?? new ReadableStream()))
        found.push([name, JSON.parse(data)]);
      return found;
    };
    expect(await run()).toEqual([
      ["progress", idleWork],
      ["done", { reports: [{ ...report, source: "/some/folder" }], failures: [] }],
    ]);
    fails = true;
    expect(await run()).toMatchObject([["error", { detail: "The folder cannot be read.", code: "unreadable-file" }]]);
  });
});

describe("the state of ingestion", () => {
  it("asks Odoo for coverage on request alone, and refuses any other question", async () => {
    const asked: unknown[] = [];
    const ingestion = {
      ...idleIngestion,
      status: async ({ coverage = false } = {}) => {
        asked.push(coverage);
        return {
          counts: [],
          work: idleWork,
          failures: [],
          unreadable: [],
          policy: null,
          coverage: coverage ? [] : null,
        };
      },
    };
    await using own = await startStandIn({ services: { ingestion } });
    const call = (query: string) => own.call("GET", `/v1/ingestion${query}`, { as: "operator" });
    expect(await (await call("")).json()).toMatchObject({ coverage: null });
    expect(await (await call("?coverage=true")).json()).toMatchObject({ coverage: [] });
    expect(asked).toEqual([false, true]);
    for (const query of ["?coverage=perhaps", "?other=1"]) expect((await call(query)).status, query).toBe(400);
  });
});

describe("the audit trail", () => {
  it("records who signed in as a sample user, and who was refused nothing", async () => {
    await using own = await startStandIn();
    await own.call("POST", "/v1/session", { body: { login: "bo.buyer" } });
    await own.call("POST", "/v1/session", { body: { login: "nobody" } });
    expect(own.audited).toMatchObject([
      { action: "sign-in", login: "bo.buyer", via: "sample-login", epoch: "epoch-1", documentIds: [] },
    ]);
  });

  it("names reader, way in, policy, filter and sources of what was shown, never their text", async () => {
    await using own = await startStandIn();
    const response = await own.call("POST", "/v1/search", { as: "bo", body: { query: "a very private question" } });
    await own.call("GET", "/v1/documents/absent", { as: "bo" });
    const [search, read] = own.audited;
    expect(search).toMatchObject({
      action: "search",
      login: "bo",
      via: "operator",
      epoch: "epoch-1",
      requestId: response.headers.get("x-request-id"),
      documentIds: ["document-approval-policy"],
    });
    expect(search?.filterHash).not.toBe("");
    expect(read).toMatchObject({ action: "read-document", outcome: "not found", documentIds: [] });
    expect(JSON.stringify(own.audited)).not.toMatch(/private|25,000/);
  });
});
