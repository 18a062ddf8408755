import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StandInServer, startStandIn } from "./stand-in-services.ts";

let server: StandInServer;

beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server[Symbol.asyncDispose]());

/** fetch does not let a caller state the host. */
async function withHost(host: string, path: string, url = server.url): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  request(new URL(path, url), { headers: { host } }, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  })
    .on("error", reject)
    .end();
  return promise;
}

describe("the host of a request, where sample logins are on", () => {
  it.each(["127.0.0.1", "127.0.0.1:3600", "localhost", "localhost:1", "LOCALHOST", "[::1]:3600"])(
    "may be %s",
    async (host) => {
      expect((await withHost(host, "/v1/sample")).status).toBe(200);
    },
  );

  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example:3600",
    "0.0.0.0",
    "10.0.0.1",
    "127.0.0.1@evil.example",
    "127.0.0.1 evil.example",
    "[::ffff:10.0.0.1]",
  ])("may not be “%s” (DNS rebinding)", async (host) => {
    for (const path of ["/v1/sample", "/", "/healthz", "/openapi.json"]) {
      const { status, body } = await withHost(host, path);
      expect([400, 403], path).toContain(status);
      expect(body).not.toContain("bo.buyer");
    }
  });

  it("may not be told by a proxy's header", async () => {
    const headers = { "x-forwarded-host": "evil.example", "x-forwarded-for": "10.1.2.3" };
    expect((await server.call("GET", "/v1/sample", { headers })).status).toBe(200);
    const { promise, resolve } = Promise.withResolvers<number>();
    request(
      new URL("/v1/sample", server.url),
      { headers: { host: "evil.example", "x-forwarded-host": "127.0.0.1" } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    ).end();
    expect(await promise).toBe(403);
  });

  it.each(["HTTP/1.0\r\n", "HTTP/1.1\r\nHost:\r\nConnection: close\r\n"])("may not be left out: %j", async (head) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(`GET /v1/sample ${head}\r\n`);
    expect((await text(socket)).split("\r\n")[0]).toMatch(/ 403 /);
  });

  it("is free where everybody signs in with a key", async () => {
    await using plain = await startStandIn({ sample: false });
    expect((await withHost("groundwork.example", "/healthz", plain.url)).status).toBe(200);
  });
});

describe("every response", () => {
  it.each(["/", "/healthz", "/openapi.json", "/v1/sample", "/v1/session", "/nothing", "/%"])(
    "to %s tells the browser what the page may do",
    async (path) => {
      const { headers } = await server.call("GET", path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy.split(";").sort()).toEqual(
        [
          "base-uri 'none'",
          "default-src 'self'",
          "form-action 'self'",
          "frame-ancestors 'none'",
          "object-src 'none'",
        ].sort(),
      );
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("server")).toBeNull();
      expect(headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  it("of the API is kept by no cache", async () => {
    for (const options of [{}, { as: "bo" }]) {
      const { headers } = await server.call("GET", "/v1/session", options);
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  it("lets no other site read it: no preflight is answered with leave", async () => {
    const response = await server.call("OPTIONS", "/v1/answers", {
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});
