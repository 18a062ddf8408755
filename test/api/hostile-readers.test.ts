import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { GROUPS, inventedPolicy } from "../permissions/invented-policy.ts";
import { POLICY_DOCUMENT, type StandInServer, startStandIn } from "./stand-in-services.ts";

let server: StandInServer;

beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The reply without what identifies the request. */
async function reply(response: Response): Promise<string> {
  return `${response.status} ${await response.text()}`;
}

/** A server whose access rules the test may change under way, as a synchronisation does. */
async function changingServer(first: PolicySnapshot) {
  let policy = first;
  const started = await startStandIn({ policy: first, database: { policies: { latest: async () => policy } } });
  return { started, change: (next: PolicySnapshot) => void (policy = next) };
}

const withUsers = (
  epoch: string,
  change: (user: PolicySnapshot["users"][number]) => PolicySnapshot["users"][number],
) => {
  const policy = inventedPolicy({ epoch });
  return { ...policy, users: policy.users.map(change) };
};

describe("rights that were taken away", () => {
  it("open nothing from the next request on, by key, by operator, whatever was read before", async () => {
    const { started, change } = await changingServer(inventedPolicy());
    await using stand = started;
    const { key } = await stand.apiKeys.create("bo", "test");
    const read = async () =>
      Promise.all(
        [{ headers: { authorization: `Bearer ${key}` } }, { as: "bo" }].map(
          async (options) => (await stand.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, options)).status,
        ),
      );
    expect(await read()).toEqual([200, 200]);
    change(withUsers("epoch-2", (user) => (user.login === "bo" ? { ...user, groupIds: [GROUPS.portal] } : user)));
    expect(await read()).toEqual([404, 404]);
    const found = await stand.call("POST", "/v1/search", { as: "bo", body: { query: "finance director" } });
    expect((await found.json()).hits).toEqual([]);
    change(inventedPolicy());
    expect(await read()).toEqual([200, 200]);
  });

  it("leave no company behind", async () => {
    const { started, change } = await changingServer(inventedPolicy());
    await using stand = started;
    const search = async () =>
      (await stand.call("POST", "/v1/search", { as: "mia", body: { query: "order", companies: [2] } })).status;
    expect(await search()).toBe(200);
    change(withUsers("epoch-2", (user) => ({ ...user, companyIds: [1] })));
    expect(await search()).toBe(403);
  });

  it("end the keys and sessions of users who are archived or gone, with the reply for a wrong key's user", async () => {
    const base = inventedPolicy();
    const sampleUser = { ...base.users[0], login: "bo.buyer", id: 90 } as (typeof base.users)[number];
    const { started, change } = await changingServer({ ...base, users: [...base.users, sampleUser] });
    await using stand = started;
    const { key } = await stand.apiKeys.create("bo", "test");
    const session = await stand.call("POST", "/v1/session", { body: { login: "bo.buyer" } });
    const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const replies = async () =>
      Promise.all(
        [{ authorization: `Bearer ${key}` }, { cookie }].map(async (headers) =>
          reply(await stand.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { headers })),
        ),
      );
    for (const opened of await replies()) expect(opened).toMatch(/^200 /);
    change({
      ...base,
      epoch: "epoch-2",
      users: [...base.users, sampleUser].map((user) => ({ ...user, active: false })),
    });
    const archived = await replies();
    change({ ...base, epoch: "epoch-3", users: [] });
    const gone = await replies();
    expect(new Set([...archived, ...gone]).size).toBe(1);
    expect(archived[0]).toMatch(/^401 /);
  });

  it("and a key that was revoked is no key for the other's next one either", async () => {
    await using stand = await startStandIn();
    const [first, second] = [await stand.apiKeys.create("bo", "one"), await stand.apiKeys.create("bo", "two")];
    await stand.apiKeys.revoke(first.id);
    const statuses = await Promise.all(
      [first, second].map(
        async ({ key }) =>
          (await stand.call("GET", "/v1/session", { headers: { authorization: `Bearer ${key}` } })).status,
      ),
    );
    expect(statuses).toEqual([401, 200]);
  });
});

describe("logins that look alike", () => {
  const base = inventedPolicy();
  const [bo] = base.users;
  const alike = ["bo", "BO", "Bo", "b\u00f6", "bo\u0308", "\uff42\uff4f", "b\u043e", "bo\u200b"];
  const users = alike.map((login, index) => ({
    ...bo,
    id: 200 + index,
    login,
    name: `Number ${index}`,
    // The first alone is a buyer, and so reads the document.
    groupIds: [index === 0 ? GROUPS.buyer : GROUPS.user],
  })) as (typeof base.users)[number][];

  it("are each somebody else: by case, by form of an accent, by width, by script, by what is invisible", async () => {
    await using stand = await startStandIn({ policy: { ...base, users } });
    const opened = await Promise.all(
      users.map(async ({ login }) => {
        const { key } = await stand.apiKeys.create(login, "test");
        const headers = { authorization: `Bearer ${key}` };
        const [session, document] = await Promise.all([
          stand.call("GET", "/v1/session", { headers }),
          stand.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { headers }),
        ]);
        return [(await session.json()).name, document.status];
      }),
    );
    expect(opened).toEqual(users.map(({ name }, index) => [name, index === 0 ? 200 : 404]));
  });

  it("are nobody when Odoo has only one of them", async () => {
    await using stand = await startStandIn({ policy: { ...base, users: users.slice(0, 1) } });
    for (const login of [...alike.slice(1), " bo", "bo ", "bo\t", "\u00a0bo", "bo\u0000", "bo@", "b", ""]) {
      const { key } = await stand.apiKeys.create(login, "test");
      const response = await stand.call("GET", "/v1/session", { headers: { authorization: `Bearer ${key}` } });
      expect(response.status, JSON.stringify(login)).toBe(401);
    }
  });

  it("cannot be given a key by the operator when Odoo does not have them so", async () => {
    for (const login of ["BO", "b\u043e", "gone", "bo\u200b"]) {
      const response = await server.call("POST", "/v1/keys", { as: "operator", body: { login } });
      expect(response.status, login).toBe(404);
    }
  });
});

/** The cookie of a new session. */
async function sign(login: string): Promise<string> {
  const response = await server.call("POST", "/v1/session", { body: { login } });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function who(cookie: string): Promise<number> {
  return (await server.call("GET", "/v1/session", { headers: { cookie } })).status;
}

describe("the cookie of another session", () => {
  it("is not reached from one's own by changing, cutting or adding to it", async () => {
    const cookie = await sign("bo.buyer");
    const [name = "", token = ""] = cookie.split("=");
    const changed = token.startsWith("A") ? `B${token.slice(1)}` : `A${token.slice(1)}`;
    for (const forged of [
      changed,
      token.slice(0, -1),
      `${token}A`,
      token.toLowerCase(),
      `"${token}"`,
      "",
      "*",
      "%00",
    ]) {
      expect(await who(`${name}=${forged}`), forged).toBe(401);
    }
    expect(await who(`${name.toUpperCase()}=${token}`)).toBe(401);
    expect(await who(cookie)).toBe(200);
  });

  it("ends alone: signing out of one leaves the other, and a signed-out one stays so", async () => {
    const [first, second] = [await sign("bo.buyer"), await sign("bo.buyer")];
    await server.call("DELETE", "/v1/session", { headers: { cookie: first } });
    expect([await who(first), await who(second)]).toEqual([401, 200]);
  });
});
