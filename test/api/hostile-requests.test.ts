import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR_KEY, POLICY_DOCUMENT, type StandInServer, startStandIn } from "./stand-in-services.ts";

/** What a filter that lets everything through looks like. */
const EVERYTHING = { expression: { kind: "always" }, hash: "0".repeat(64), epoch: "epoch-1", day: "2026-11-20" };

const FORGED = [
  ..."filter accessFilter access_filter access selection where query_filter expression groups groupIds".split(" "),
  ..."group_ids groupNames company_ids companyIds allowed_company_ids principal reader user userId user_id".split(" "),
  ..."login as uid role roles admin sudo su epoch policy context documentIds sources recordIds facts".split(" "),
  ..."model domain constructor prototype __proto__ __defineGetter__ toString Companies".split(" "),
  "companies ",
  "\u0000companies",
];

const POSTS = [
  ["/v1/search", { query: "order" }],
  ["/v1/answers", { question: "order" }],
  ["/v1/rationales", { order: "P00001" }],
] as const;

let server: StandInServer;

beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The reply without what identifies the request. */
async function reply(response: Response): Promise<string> {
  return `${response.status} ${await response.text()}`;
}

describe("a filter from outside", () => {
  it.each(FORGED)("is no member of any request: %j", async (member) => {
    for (const [path, body] of POSTS) {
      for (const value of [EVERYTHING, [EVERYTHING], "always", true, [1, 2, 3]]) {
        const forged = `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(member)}:${JSON.stringify(value)}}`;
        const response = await server.call("POST", path, { as: "vera", body: forged });
        expect(response.status, path).toBe(400);
      }
    }
    expect(({} as Record<string, unknown>)["filter"] ?? ({} as Record<string, unknown>)["expression"]).toBeUndefined();
  });

  it("does not hide inside a member that is taken", async () => {
    const bodies = [
      { query: EVERYTHING },
      { query: ["order", EVERYTHING] },
      { query: "order", models: [EVERYTHING] },
      { query: "order", kinds: EVERYTHING },
      { query: "order", models: { $ne: "" } },
      { query: "order", companies: EVERYTHING },
      { query: "order", limit: EVERYTHING },
    ];
    for (const body of bodies) {
      expect((await server.call("POST", "/v1/search", { as: "vera", body })).status, JSON.stringify(body)).toBe(400);
    }
  });

  it("changes nothing as a query or a header", async () => {
    const value = encodeURIComponent(JSON.stringify(EVERYTHING));
    const paths = [`/v1/documents/${POLICY_DOCUMENT}`, "/v1/approvals", "/v1/session"];
    const plain = await Promise.all(paths.map(async (path) => reply(await server.call("GET", path, { as: "vera" }))));
    for (const member of FORGED) {
      for (const [index, path] of paths.entries()) {
        const address = `${path}?${encodeURIComponent(member)}=${value}`;
        const given = await reply(await server.call("GET", address, { as: "vera" }));
        expect([plain[index], given.slice(0, 4) === "400 " ? given : null], address).toContain(given);
      }
    }
    const headers = Object.fromEntries(
      ["filter", "access-filter", "groups", "companies", "login", "user", "epoch"].flatMap((name) =>
        ["x-", "x-groundwork-", "x-forwarded-", "x-odoo-"].map((prefix) => [prefix + name, "fiona.finance"]),
      ),
    );
    for (const [index, path] of paths.entries()) {
      expect(await reply(await server.call("GET", path, { as: "vera", headers }))).toBe(plain[index]);
    }
  });
});

function search(companies: unknown): Promise<Response> {
  return server.call("POST", "/v1/search", { as: "bo", body: JSON.stringify({ query: "order", companies }) });
}

/** The member twice in one body. */
function searchTwice(first: string, second: string): Promise<Response> {
  const body = `{"query":"order","companies":${first},"companies":${second}}`;
  return server.call("POST", "/v1/search", { as: "bo", body });
}

describe("companies that are not the reader's", () => {
  it.each([
    ["as text", ["1"]],
    ["negative", [-1]],
    ["zero", [0]],
    ["beyond any id", [1e300]],
    ["beyond what is exact", [2 ** 53]],
    ["with a fraction", [1.5]],
    ["nested", [[1]]],
    ["nothing", [null]],
    ["a flag", [true]],
    ["an object", [{ id: 1 }]],
    ["not in a list", 1],
    ["a list in text", "[1]"],
    ["too many", Array.from({ length: 101 }, () => 1)],
    ["none", []],
    ["null", null],
  ])("are not valid: %s", async (_case, companies) => {
    expect((await search(companies)).status).toBe(400);
  });

  it.each([[[2]], [[1, 2]], [[2, 1]], [[1, 1, 2]], [[3]], [[2 ** 31]], [[2 ** 53 - 1]]])(
    "are refused alike, whether they exist or not: %j",
    async (companies) => {
      expect(await reply(await search(companies))).toBe(await reply(await search([987_654])));
      expect((await search(companies)).status).toBe(403);
    },
  );

  it("are not let in by naming an own one twice, or the member twice", async () => {
    expect(await reply(await search([1, 1]))).toBe(await reply(await search([1])));
    expect((await searchTwice("[1]", "[2]")).status).toBe(403);
    expect(await reply(await searchTwice("[2]", "[1]"))).toBe(await reply(await search([1])));
  });
});

describe("a document's id", () => {
  const ids = [
    "no-such-document",
    "a".repeat(4000),
    "%00",
    `${POLICY_DOCUMENT}%00`,
    `%00${POLICY_DOCUMENT}`,
    `..%2f${POLICY_DOCUMENT}`,
    `%2e%2e%2f%2e%2e%2fetc%2fpasswd`,
    `..%5c..%5c.env`,
    POLICY_DOCUMENT.toUpperCase(),
    `${POLICY_DOCUMENT}%20`,
    `${POLICY_DOCUMENT}%2Cother`,
    "%25",
    "_",
    "*",
    "__proto__",
    "constructor",
    "0",
    "-1",
    "%F0%9F%92%A9",
    "%ED%9F%BF",
    "NaN",
    "null",
  ];

  it.each(ids)("that is none of the reader's gives the one reply for what is not there: %s", async (id) => {
    const hidden = await reply(await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "vera" }));
    for (const as of ["vera", "bo"]) {
      expect(await reply(await server.call("GET", `/v1/documents/${id}`, { as })), as).toBe(hidden);
    }
  });

  it("longer than a request may be is refused by the listener, and the server goes on", async () => {
    const response = await server.call("GET", `/v1/documents/${"a".repeat(40_000)}`, { as: "bo" });
    expect([404, 414, 431]).toContain(response.status);
    expect((await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "bo" })).status).toBe(200);
  });
});

/** fetch joins or refuses headers that come twice; a caller with a socket does not. */
async function withHeaders(
  path: string,
  headers: Record<string, string | string[]>,
): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  request(new URL(path, server.url), { headers }, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  })
    .on("error", reject)
    .end();
  return promise;
}

describe("headers that are smuggled in", () => {
  const authorization = `Bearer ${OPERATOR_KEY}`;

  it("name nobody when the operator's header comes twice, in either order", async () => {
    for (const as of [
      ["vera", "mia"],
      ["mia", "vera"],
      ["mia", "mia"],
    ]) {
      expect((await withHeaders("/v1/session", { authorization, "x-groundwork-as": as })).status, as.join()).toBe(401);
    }
  });

  it("name nobody without the operator's key, whatever other key is sent", async () => {
    const { key } = await server.apiKeys.create("vera", "test");
    const lookAlikes = [
      `Bearer ${OPERATOR_KEY.toUpperCase()}`,
      `Bearer ${OPERATOR_KEY}, Bearer ${OPERATOR_KEY}`,
      `Bearer ${OPERATOR_KEY} ${OPERATOR_KEY}`,
      `Token ${OPERATOR_KEY}`,
      OPERATOR_KEY,
      `Bearer "${OPERATOR_KEY}"`,
      "Bearer undefined",
      "Bearer null",
      "Bearer ",
    ];
    for (const value of lookAlikes) {
      const { status } = await withHeaders("/v1/session", { authorization: value, "x-groundwork-as": "mia" });
      expect(status, value).toBe(401);
    }
    const own = await withHeaders("/v1/session", { authorization: `Bearer ${key}`, "x-groundwork-as": ["mia", "bo"] });
    expect(JSON.parse(own.body)).toMatchObject({ login: "vera", via: "api-key" });
  });

  it.each(["x_groundwork_as", "x-groundwork_as", "groundwork-as", "x-groundwork-as-login", "x-forwarded-user"])(
    "are not the operator's under the name %s",
    async (name) => {
      expect((await withHeaders("/v1/session", { authorization, [name]: "mia" })).status).toBe(401);
    },
  );

  it("do not override the method or the address", async () => {
    const headers = { "x-http-method-override": "DELETE", "x-original-url": "/v1/keys", "x-rewrite-url": "/v1/keys" };
    const { status, body } = await withHeaders("/v1/session", { authorization, "x-groundwork-as": "vera", ...headers });
    expect([status, JSON.parse(body).login]).toEqual([200, "vera"]);
  });
});
