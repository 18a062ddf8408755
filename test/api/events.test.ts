import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifiedMessageId } from "../../api/webhook-signature.ts";
import { readConfig } from "../../infra/config.ts";
import { type StandInServer, idleIngestion, startStandIn } from "./stand-in-services.ts";

const SECRET = "a-shared-secret-of-enough-length-0";
const TOKEN = "a_token_that_nobody_guesses-0123456789";
const EVENT = JSON.stringify({ specversion: "1.0", id: "1", source: "/odoo", type: "odoo.write", data: { id: 7 } });
const STRUCTURED = { "content-type": "application/cloudevents+json" };
const BINARY = {
  "content-type": "application/json",
  "ce-specversion": "1.0",
  "ce-id": "1",
  "ce-source": "/odoo",
  "ce-type": "odoo.write",
};

interface Listening extends StandInServer {
  /** How often Odoo was looked at for an event: those that come together count once. */
  looks(): Promise<number>;
}

async function listening(environment: Readonly<Record<string, string>> = { ODOO_WEBHOOK_SECRET: SECRET }) {
  let looks = 0;
  const ingestion = { ...idleIngestion, lookNow: () => void (looks += 1) };
  const server = await startStandIn({ services: { ingestion, config: readConfig(environment) } });
  return {
    ...server,
    looks: async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return looks;
    },
  } satisfies Listening;
}

let count = 0;

function signed(body: string, { id = `msg_${(count += 1)}`, at = Date.now(), secret = SECRET } = {}) {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

function send(server: StandInServer, body: string, headers: Readonly<Record<string, string>>, path = "/v1/events") {
  return server.call("POST", path, { body, headers });
}

describe("a signed event", () => {
  it("makes Odoo be looked at, in structured and in binary mode, with data and without", async () => {
    await using server = await listening();
    const cases = [
      [EVENT, STRUCTURED],
      ['{"_id": 7}', BINARY],
      ["", BINARY],
    ] as const;
    for (const [index, [body, headers]] of cases.entries()) {
      const response = await send(server, body, { ...headers, ...signed(body) });
      expect(response.status).toBe(202);
      expect(await response.text()).toBe("");
      expect(await server.looks()).toBe(index + 1);
    }
  });

  it("is one look with those that come together, and none when it comes again", async () => {
    await using server = await listening();
    const first = { ...STRUCTURED, ...signed(EVENT) };
    await Promise.all([send(server, EVENT, first), send(server, EVENT, { ...STRUCTURED, ...signed(EVENT) })]);
    expect(await server.looks()).toBe(1);
    expect((await send(server, EVENT, first)).status).toBe(202);
    expect(await server.looks()).toBe(1);
  });

  it("may carry several signatures, of which one must hold", async () => {
    await using server = await listening();
    const good = signed(EVENT);
    const other = signed(EVENT, { secret: "the-secret-that-was-used-before-00" })["webhook-signature"];
    const both = { ...good, "webhook-signature": `v1a,abc ${other} ${good["webhook-signature"]}` };
    expect((await send(server, EVENT, { ...STRUCTURED, ...both })).status).toBe(202);
  });

  it.each([
    ["with another secret", EVENT, signed(EVENT, { secret: "another-secret-of-enough-length-00" })],
    ["over another body", EVENT, signed(`${EVENT} `)],
    ["six minutes ago", EVENT, signed(EVENT, { at: Date.now() - 360_000 })],
    ["in six minutes", EVENT, signed(EVENT, { at: Date.now() + 360_000 })],
    ["for another id", EVENT, { ...signed(EVENT), "webhook-id": "other" }],
    ["at another time", EVENT, { ...signed(EVENT), "webhook-timestamp": String(Math.floor(Date.now() / 1_000) + 9) }],
    ["at no time", EVENT, { ...signed(EVENT), "webhook-timestamp": "now" }],
    ["in another scheme", EVENT, { ...signed(EVENT), "webhook-signature": "v2,abc" }],
    ["with nothing", EVENT, { ...signed(EVENT), "webhook-signature": "v1," }],
    ["not at all", EVENT, {}],
  ])("is refused when it is signed %s", async (_case, body, headers) => {
    await using server = await listening();
    const response = await send(server, body, { ...STRUCTURED, ...headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toMatch(/problem\+json/);
    expect(await server.looks()).toBe(0);
  });

  it("agrees with the example of Standard Webhooks", () => {
    const message = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: "1614265330",
      signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      body: Buffer.from('{"test": 2432232314}'),
    };
    const verify = () => verifiedMessageId(message, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330_000);
    expect(verify()).toBe(message.id);
  });
});

describe("what is no event", () => {
  it.each([
    ["no JSON", 400, "{", STRUCTURED],
    ["no UTF-8", 400, "\u00ff", { ...STRUCTURED, latin: "yes" }],
    ["a list", 400, `[${EVENT}]`, STRUCTURED],
    ["without an id", 400, EVENT.replace('"id":"1",', ""), STRUCTURED],
    ["of another version", 400, EVENT.replace("1.0", "0.3"), STRUCTURED],
    ["binary without a type", 400, "{}", { ...BINARY, "ce-type": "" }],
    ["binary with data that is no JSON", 400, "x", BINARY],
    ["plain JSON", 415, EVENT, { "content-type": "application/json" }],
    ["text", 415, EVENT, { ...BINARY, "content-type": "text/plain" }],
    ["a batch", 415, `[${EVENT}]`, { "content-type": "application/cloudevents-batch+json" }],
    ["packed", 415, EVENT, { ...STRUCTURED, "content-encoding": "gzip" }],
    ["too large", 413, JSON.stringify({ ...JSON.parse(EVENT), data: "x".repeat(110_000) }), STRUCTURED],
  ])("is refused: %s", async (_case, status, text, { latin, ...headers }: Readonly<Record<string, string>>) => {
    await using server = await listening();
    const body = latin === undefined ? text : Buffer.from(text, "latin1");
    const head = { ...headers, ...signed(body.toString("latin1")) };
    if (latin !== undefined) {
      const timestamp = head["webhook-timestamp"];
      const hash = createHmac("sha256", SECRET).update(`${head["webhook-id"]}.${timestamp}.`).update(body);
      head["webhook-signature"] = `v1,${hash.digest("base64")}`;
    }
    const response = await fetch(`${server.url}/v1/events`, { method: "POST", headers: head, body });
    expect(response.status).toBe(status);
    expect(await server.looks()).toBe(0);
  });
});

describe("the address of those that cannot sign", () => {
  it("takes what Odoo's webhook action sends, and nothing at an address that is like it", async () => {
    await using server = await listening({ ODOO_WEBHOOK_TOKEN: TOKEN });
    const body = '{"_action": "Tell Groundwork(#12)", "_id": 7, "_model": "res.partner"}';
    const json = { "content-type": "application/json" };
    expect((await send(server, body, json, `/v1/events/${TOKEN}`)).status).toBe(202);
    expect(await server.looks()).toBe(1);
    for (const wrong of [`${TOKEN}x`, TOKEN.slice(1), "undefined"])
      expect((await send(server, body, json, `/v1/events/${wrong}`)).status).toBe(401);
    expect((await send(server, "{", json, `/v1/events/${TOKEN}`)).status).toBe(400);
    expect((await send(server, body, { "content-type": "text/plain" }, `/v1/events/${TOKEN}`)).status).toBe(415);
    expect(await server.looks()).toBe(1);
  });
});

describe("without the setting that opens it", () => {
  it("each address is as unknown as any other", async () => {
    for (const environment of [{}, { ODOO_WEBHOOK_SECRET: SECRET }, { ODOO_WEBHOOK_TOKEN: TOKEN }]) {
      await using server = await listening(environment);
      const closed = ["/v1/events", `/v1/events/${TOKEN}`].filter(
        (path) =>
          !("ODOO_WEBHOOK_SECRET" in environment && path === "/v1/events") &&
          !("ODOO_WEBHOOK_TOKEN" in environment && path !== "/v1/events"),
      );
      for (const path of closed) {
        for (const as of [undefined, "operator"]) {
          const options = { body: {}, ...(as === undefined ? {} : { as }) };
          const [response, other] = [
            await server.call("POST", path, options),
            await server.call("POST", "/v1/nowhere", options),
          ];
          expect(response.status).toBe(as === undefined ? 401 : 404);
          expect(await response.text()).toBe(await other.text());
        }
      }
      expect(await server.looks()).toBe(0);
    }
  });
});
