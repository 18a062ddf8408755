import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR_KEY, POLICY_DOCUMENT, type StandInServer, startStandIn } from "./stand-in-services.ts";

let server: StandInServer;

beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server[Symbol.asyncDispose]());

const whoIs = async (headers: Record<string, string>) => {
  const response = await server.call("GET", "/v1/session", { headers });
  return response.ok ? (await response.json()).login : response.status;
};
const cookieOf = async (login: string): Promise<string> => {
  const response = await server.call("POST", "/v1/session", { body: { login } });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
};

describe("who asks", () => {
  it("is the login that a key was made for, until it is revoked", async () => {
    const { key, id } = await server.apiKeys.create("bo", "test");
    expect(await whoIs({ authorization: `Bearer ${key}` })).toBe("bo");
    expect(await whoIs({ authorization: `bearer ${key}` })).toBe("bo");
    await server.apiKeys.revoke(id);
    expect(await whoIs({ authorization: `Bearer ${key}` })).toBe(401);
  });

  it("is the user of a session cookie, until that session is closed", async () => {
    const cookie = await cookieOf("bo.buyer");
    expect(await whoIs({ cookie })).toBe("bo.buyer");
    expect(await whoIs({ cookie: `other=1; ${cookie}; more=2` })).toBe("bo.buyer");
    const closed = await server.call("DELETE", "/v1/session", { headers: { cookie } });
    expect(closed.status).toBe(204);
    expect(closed.headers.getSetCookie()[0]).toMatch(/^groundwork_session=;/);
    expect(await whoIs({ cookie })).toBe(401);
  });

  it("keeps the session from scripts and from other sites, and ends the earlier one when the user changes", async () => {
    const first = await server.call("POST", "/v1/session", { body: { login: "bo.buyer" } });
    const [set = ""] = first.headers.getSetCookie();
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    const cookie = set.split(";")[0] ?? "";
    await server.call("POST", "/v1/session", { body: { login: "bo.buyer" }, headers: { cookie } });
    expect(await whoIs({ cookie })).toBe(401);
  });

  it("is the login that the operator names, and nobody when none is named", async () => {
    const authorization = `Bearer ${OPERATOR_KEY}`;
    expect(await whoIs({ authorization, "x-groundwork-as": "mia" })).toBe("mia");
    expect(await whoIs({ authorization })).toBe(401);
    expect(await whoIs({ authorization, "x-groundwork-as": "" })).toBe(401);
  });

  it.each([
    ["nothing", {}],
    ["a login alone", { "x-groundwork-as": "mia" }],
    ["a login as the key", { authorization: "Bearer mia" }],
    ["a user id as the key", { authorization: "Bearer 11" }],
    ["a login in the cookie", { cookie: "groundwork_session=mia" }],
    ["an empty cookie", { cookie: "groundwork_session=" }],
    ["a cookie with the name of a prototype's member", { cookie: "groundwork_session=__proto__" }],
    ["the operator's key as a cookie", { cookie: `groundwork_session=${OPERATOR_KEY}`, "x-groundwork-as": "mia" }],
    [
      "the operator's key cut short",
      { authorization: `Bearer ${OPERATOR_KEY.slice(0, -1)}`, "x-groundwork-as": "mia" },
    ],
    ["the operator's key with more", { authorization: `Bearer ${OPERATOR_KEY}x`, "x-groundwork-as": "mia" }],
    ["the operator's key as a password", { authorization: `Basic ${btoa(`mia:${OPERATOR_KEY}`)}` }],
    ["a forged key", { authorization: `Bearer gw_${"A".repeat(43)}` }],
  ])("is nobody by %s", async (_case, headers: Record<string, string>) => {
    expect(await whoIs(headers)).toBe(401);
  });

  it("is nobody when Odoo no longer knows the login, and no body says which", async () => {
    const archived = await server.call("GET", "/v1/session", { as: "gone" });
    const absent = await server.call("GET", "/v1/session", { as: "never.was" });
    expect([archived.status, absent.status]).toEqual([401, 401]);
    expect(await archived.text()).toBe(await absent.text());
  });

  it("is not changed by an as-header beside a user's own key or cookie", async () => {
    const { key } = await server.apiKeys.create("bo", "test");
    expect(await whoIs({ authorization: `Bearer ${key}`, "x-groundwork-as": "mia" })).toBe("bo");
    expect(await whoIs({ cookie: await cookieOf("bo.buyer"), "x-groundwork-as": "mia" })).toBe("bo.buyer");
  });

  it("is not the cookie's user when a wrong key comes with the cookie", async () => {
    expect(await whoIs({ authorization: "Bearer gw_wrong", cookie: await cookieOf("bo.buyer") })).toBe(401);
  });

  it("decides what is found: a portal user gets the answer for an absent document", async () => {
    const own = await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "bo" });
    const hidden = await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "vera" });
    const absent = await server.call("GET", "/v1/documents/no-such-document", { as: "vera" });
    expect([own.status, hidden.status, absent.status]).toEqual([200, 404, 404]);
    expect(await hidden.text()).toBe(await absent.text());
  });
});

describe("sample logins", () => {
  it("are for the sample's own users only", async () => {
    const response = await server.call("POST", "/v1/session", { body: { login: "mia" } });
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("do not exist on any other install", async () => {
    await using plain = await startStandIn({ sample: false });
    for (const [method, path] of [
      ["GET", "/v1/sample"],
      ["POST", "/v1/session"],
      ["DELETE", "/v1/session"],
    ] as const) {
      const body = method === "POST" ? { body: { login: "bo.buyer" } } : {};
      expect((await plain.call(method, path, body)).status, `${method} ${path}`).toBe(401);
      expect((await plain.call(method, path, { ...body, as: "bo" })).status, `${method} ${path} as bo`).toBe(404);
    }
    const forged = await plain.call("GET", "/v1/session", { headers: { cookie: await cookieOf("bo.buyer") } });
    expect(forged.status).toBe(401);
  });
});

describe("failed sign-ins", () => {
  it("are refused after many from one address, whichever way they are tried", async () => {
    await using guarded = await startStandIn();
    const statuses = new Map<number, number>();
    for (let attempt = 0; attempt < 90; attempt += 1) {
      const { status } =
        attempt % 2 === 0
          ? await guarded.call("GET", "/v1/session", { headers: { authorization: `Bearer gw_${attempt}` } })
          : await guarded.call("POST", "/v1/session", { body: { login: `guess-${attempt}` } });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(Object.fromEntries(statuses)).toEqual({ 401: 60, 429: 30 });
    const refused = await guarded.call("GET", "/v1/session");
    expect(refused.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ status: 429, type: "urn:groundwork:problem:too-many-requests" });
  });

  it("never count requests that succeed, however many are under way at once", async () => {
    const embedding = Promise.withResolvers<void>();
    await using busy = await startStandIn({
      embed: async (texts) => {
        await embedding.promise;
        return texts.map(() => Float32Array.of(1, 0));
      },
    });
    const answers = Array.from({ length: 100 }, () =>
      busy.call("POST", "/v1/search", { as: "bo", body: { query: "order" } }),
    );
    setTimeout(embedding.resolve, 300);
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("do not lock out those who have a right key", async () => {
    await using guarded = await startStandIn();
    for (let attempt = 0; attempt < 70; attempt += 1) await guarded.call("GET", "/v1/session");
    expect((await guarded.call("GET", "/v1/session", { as: "bo" })).status).toBe(200);
  });
});
