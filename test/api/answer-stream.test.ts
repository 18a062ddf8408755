import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readEventStream } from "../../api/web/source/read-event-stream.ts";
import { answerResponse } from "../../api/schemas.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { AuditEntry } from "../../infra/db/port.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { POLICY_DOCUMENT, SENTENCE, type StandInServer, startStandIn } from "./stand-in-services.ts";

const question = "Who approves an order above 25,000 USD?";
const streamed = (server: StandInServer, signal?: AbortSignal) =>
  server.call("POST", "/v1/answers", {
    as: "bo",
    headers: { accept: "text/event-stream" },
    body: { question },
    ...(signal === undefined ? {} : { signal }),
  });

async function events(response: Response): Promise<readonly (readonly [string, unknown])[]> {
  const found: (readonly [string, unknown])[] = [];
  for await (const { name, data } of readEventStream(response.body ?? new ReadableStream())) {
    found.push([name, JSON.parse(data)]);
  }
  return found;
}

describe("an answer as server-sent events", () => {
  it("is each statement with its whole citations, then the answer that JSON gives", async () => {
    await using server = await startStandIn();
    const response = await streamed(server);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const whole = await (await server.call("POST", "/v1/answers", { as: "bo", body: { question } })).json();
    expect(answerResponse.strict().parse(whole)).toMatchObject({
      status: "answered",
      statements: [{ citations: [1] }],
    });
    expect(await events(response)).toEqual([
      ["statement", { text: SENTENCE, citations: whole.citations }],
      ["done", whole],
    ]);
  });

  it("is sent as lines of event, data and nothing", async () => {
    await using server = await startStandIn();
    const text = await (await streamed(server)).text();
    expect(text).toMatch(/^event: statement\ndata: \{.*\}\n\nevent: done\ndata: \{.*\}\n\n$/);
  });

  it("abstains for a reader who may read nothing of it", async () => {
    await using server = await startStandIn();
    const response = await server.call("POST", "/v1/answers", {
      as: "vera",
      headers: { accept: "text/event-stream" },
      body: { question },
    });
    expect(await events(response)).toMatchObject([["done", { status: "abstained", statements: [], citations: [] }]]);
  });

  it.each([
    [
      "ours",
      new GroundworkError("index", "The index does not answer."),
      { status: 503, detail: "The index does not answer." },
    ],
    ["a library's", new RangeError("secret of a library"), { status: 500, code: "internal" }],
  ])("ends with a problem document when the fault is %s", async (_case, fault, expected) => {
    await using server = await startStandIn({ services: { index: { search: () => Promise.reject(fault) } } });
    const found = await events(await streamed(server));
    expect(found).toMatchObject([["error", expected]]);
    expect(JSON.stringify(found)).not.toContain("secret of a library");
  });

  it("refuses a wrong question with a status, not with an event", async () => {
    await using server = await startStandIn();
    const response = await server.call("POST", "/v1/answers", {
      as: "bo",
      headers: { accept: "text/event-stream" },
      body: { question: "" },
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toMatch(/problem\+json/);
  });

  it("shows no statement whose source was not recorded before", async () => {
    const audit = { append: () => Promise.reject(new GroundworkError("database", "Full.")), recent: async () => [] };
    await using server = await startStandIn({ database: { audit } });
    const text = await (await streamed(server)).text();
    expect(text).toMatch(/^event: error\n/);
    expect(text).not.toContain(SENTENCE);
  });

  it("has its sources in the audit trail also when the client leaves before the end", async () => {
    const audited: AuditEntry[] = [];
    const last = Promise.withResolvers<void>();
    // The entry that closes the answer waits until the client has gone.
    const append = async (entry: AuditEntry) => {
      if (entry.outcome === "answered") await last.promise;
      audited.push(entry);
    };
    await using server = await startStandIn({ database: { audit: { append, recent: async () => audited } } });
    const client = new AbortController();
    const response = await streamed(server, client.signal);
    await response.body?.getReader().read();
    client.abort();
    expect(audited).toMatchObject([{ action: "answer", login: "bo", documentIds: [POLICY_DOCUMENT] }]);
    last.resolve();
  });
});

describe("a client that goes away", () => {
  it.each([{ accept: "text/event-stream" }, { accept: "application/json" }])("stops the work: %o", async (headers) => {
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<string>();
    await using server = await startStandIn({
      embed: (_texts, signal) =>
        new Promise((_resolve, reject) => {
          started.resolve();
          signal?.addEventListener("abort", () => {
            stopped.resolve("stopped");
            reject(new GroundworkError("cancelled", "Cancelled."));
          });
        }),
    });
    const client = new AbortController();
    const call = server.call("POST", "/v1/answers", { as: "bo", headers, body: { question }, signal: client.signal });
    call.catch(() => {});
    await started.promise;
    client.abort();
    expect(await Promise.race([stopped.promise, wait(5_000, "went on")])).toBe("stopped");
  });

  it("before the work begins leaves none of it", async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const embedded = Promise.withResolvers<boolean>();
    const latest = async () => {
      asked.resolve();
      await gone.promise;
      return inventedPolicy();
    };
    await using server = await startStandIn({
      embed: async (texts, signal) => {
        embedded.resolve(signal?.aborted ?? false);
        return texts.map(() => Float32Array.of(1, 0));
      },
      database: { policies: { save: async () => {}, latest } },
    });
    const client = new AbortController();
    streamed(server, client.signal).catch(() => {});
    await asked.promise;
    client.abort();
    await wait(200);
    gone.resolve();
    expect(await embedded.promise, "the signal of the work").toBe(true);
  });
});
