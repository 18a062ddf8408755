import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problem } from "../../api/schemas.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { POLICY_DOCUMENT, type CallOptions, type StandInServer, startStandIn } from "./stand-in-services.ts";

const INNARDS =
  /\.ts:\d|\.js:\d|node_modules|\bat \S+ \(|SyntaxError|TypeError|ZodError|Unexpected (token|end)|position \d|express|secret of a library/i;

let server: StandInServer;

beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The problem document of a response, checked for what every one of them must be. */
async function problemOf(response: Response) {
  const text = await response.text();
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(text).not.toMatch(INNARDS);
  const body = problem.strict().parse(JSON.parse(text));
  expect(body.status).toBe(response.status);
  return body;
}

describe("a request body", () => {
  it.each([
    ["cut off", '{"query":'],
    ["not JSON", "query=order"],
    ["null", "null"],
    ["a bare string", '"order"'],
    ["a list", '[{"query":"order"}]'],
    ["empty", "{}"],
    ["missing", undefined],
    ["with a member of another type", { query: 7 }],
    ["with a blank query", { query: " \n " }],
    ["with an endless query", { query: "x".repeat(4001) }],
    ["with an unknown member", { query: "order", filter: "true" }],
    ["with __proto__", '{"query":"order","__proto__":{"limit":1}}'],
    ["with a limit out of range", { query: "order", limit: 1000 }],
    ["with companies that are no ids", { query: "order", companies: ["1 or 1=1"] }],
    ["with no companies", { query: "order", companies: [] }],
  ])("%s is a 400", async (_case, body) => {
    const { status, code } = await problemOf(await server.call("POST", "/v1/search", { as: "bo", body }));
    expect([status, code]).toEqual([400, "invalid-request"]);
  });

  it("names the members that are wrong", async () => {
    const response = await server.call("POST", "/v1/answers", { as: "bo", body: { question: "", companies: [0] } });
    const { errors } = await problemOf(response);
    expect(errors?.map(({ path }) => path)).toEqual(["question", "companies.0"]);
  });

  it("of more than 100 kB is a 413, compressed or not", async () => {
    const { gzipSync } = await import("node:zlib");
    const body = JSON.stringify({ query: "x".repeat(200_000) });
    expect((await problemOf(await server.call("POST", "/v1/search", { as: "bo", body }))).status).toBe(413);
    const bomb = await fetch(`${server.url}/v1/search`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync(body),
    });
    expect((await problemOf(bomb)).status).toBe(413);
  });

  it.each([
    ["text/plain", {}],
    ["application/x-www-form-urlencoded", {}],
    ["multipart/form-data; boundary=x", {}],
    ["application/jsonp", {}],
    ["application/json; charset=latin1", {}],
    ["application/json", { "content-encoding": "made-up" }],
  ])("sent as %s %o is a 415", async (type, more) => {
    const headers = { "content-type": type, ...more };
    const { status, code } = await problemOf(
      await server.call("POST", "/v1/search", { as: "bo", headers, body: { query: "order" } }),
    );
    expect([status, code]).toEqual([415, "unsupported-media-type"]);
  });
});

describe("an address", () => {
  it.each([
    ["GET", "/v1/search"],
    ["PUT", "/v1/answers"],
    ["DELETE", `/v1/documents/${POLICY_DOCUMENT}`],
    ["POST", "/v1/approvals"],
    ["PATCH", "/v1/session"],
    ["GET", "/v1/nothing"],
    ["GET", "/v1"],
    ["GET", "/v1/documents"],
    ["GET", "/v1/documents/a/b"],
  ])("%s %s is a 404 to every reader alike, and a 401 to nobody", async (method, path) => {
    const { key } = await server.apiKeys.create("bo", "test");
    const byKey = await server.call(method, path, { headers: { authorization: `Bearer ${key}` } });
    const byOperator = await server.call(method, path, { as: "bo" });
    const body = await problemOf(byKey);
    expect(body.status).toBe(404);
    expect(await problemOf(byOperator)).toEqual(body);
    expect((await problemOf(await server.call(method, path))).status).toBe(401);
  });

  it.each([
    ["GET", "/nothing.html"],
    ["POST", "/"],
    ["POST", "/healthz"],
    ["DELETE", "/openapi.json"],
    ["GET", "/../package.json"],
    ["GET", "/..%2fpackage.json"],
    ["GET", "/.env"],
  ])("%s %s outside the API is a 404", async (method, path) => {
    expect((await problemOf(await server.call(method, path))).status).toBe(404);
  });

  it.each(["/v1/documents/%", "/v1/documents/%E0%A4%A", "/v1/%zz", "/%E0%A4%A", "/%"])(
    "%s with broken percent-encoding is a 400 or a 404",
    async (path) => {
      expect([400, 404]).toContain((await problemOf(await server.call("GET", path, { as: "bo" }))).status);
    },
  );

  it.each(["start=-1&end=2", "start=x", "end=1e400", "part=main&part=other", "as=fiona", "start=0&end=1&login=bo"])(
    "with the query %s is a 400",
    async (query) => {
      const response = await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}?${query}`, { as: "bo" });
      expect((await problemOf(response)).status).toBe(400);
    },
  );
});

/** A server whose every question for the access rules fails. */
function failing(error: unknown): Promise<StandInServer> {
  const latest = async () => {
    throw error;
  };
  return startStandIn({ database: { policies: { save: async () => {}, latest } } });
}

describe("a fault inside", () => {
  it.each([
    ["of a library", new TypeError("secret of a library at /srv/x.ts:3"), 500, "internal"],
    ["that is no error", "secret of a library", 500, "internal"],
    ["of the database", new GroundworkError("database", "The database did not answer."), 503, "database"],
    ["of the permissions", new PermissionError("domain-syntax", "secret of a library"), 503, "not-ready"],
    ["with a status of its own", Object.assign(new TypeError("secret of a library"), { status: 503 }), 500, "internal"],
  ])("%s becomes a sentence", async (_case, error, status, code) => {
    await using broken = await failing(error);
    const requests: readonly (readonly [string, string, CallOptions])[] = [
      ["POST", "/v1/search", { as: "bo", body: { query: "order" } }],
      ["POST", "/v1/answers", { as: "bo", body: { question: "order" } }],
      ["GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "bo" }],
      ["GET", "/readyz", {}],
    ];
    for (const [method, path, options] of requests) {
      const body = await problemOf(await broken.call(method, path, options));
      expect([body.status, body.code], path).toEqual([status, code]);
    }
    expect((await broken.call("GET", "/healthz")).status).toBe(200);
  });

  it("of the audit trail shows nothing: what cannot be recorded is not shown", async () => {
    const audit = { append: () => Promise.reject(new GroundworkError("database", "Full.")), recent: async () => [] };
    await using broken = await startStandIn({ database: { audit } });
    const responses = await Promise.all([
      broken.call("POST", "/v1/search", { as: "bo", body: { query: "order" } }),
      broken.call("POST", "/v1/answers", {
        as: "bo",
        body: { question: "Above 25,000 USD the finance director approves the order as well?" },
      }),
      broken.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "bo" }),
    ]);
    for (const response of responses) expect(await problemOf(response)).toMatchObject({ status: 503, detail: "Full." });
  });
});

describe("before the access rules are known", () => {
  it("nothing is shown, and readiness says why", async () => {
    await using empty = await startStandIn({ policy: null });
    for (const [method, path, options] of [
      ["POST", "/v1/search", { as: "bo", body: { query: "order" } }],
      ["GET", "/v1/session", { as: "bo" }],
      ["POST", "/v1/session", { body: { login: "bo.buyer" } }],
      ["GET", "/readyz", {}],
    ] as const) {
      expect(await problemOf(await empty.call(method, path, options)), path).toMatchObject({
        status: 503,
        code: "not-ready",
      });
    }
  });
});

function ask(companies: readonly number[]): Promise<Response> {
  return server.call("POST", "/v1/search", { as: "bo", body: { query: "order", companies } });
}

describe("the companies of a request", () => {
  it("may be narrowed, and never widened", async () => {
    expect((await ask([1])).status).toBe(200);
    expect(inventedPolicy().companies.map(({ id }) => id)).toContain(2);
    const foreign = await problemOf(await ask([2]));
    const absent = await problemOf(await ask([999]));
    expect(foreign.status).toBe(403);
    expect(foreign, "a company that exists and one that does not").toEqual(absent);
    expect((await ask([1, 2])).status).toBe(403);
  });
});
