import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import { afterEach, describe, expect, it } from "vitest";

import { httpReranker } from "../../../infra/models/http-reranker.ts";

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { model: string; query: string; documents: string[]; top_n: number };
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that speaks the protocol; `reply` decides what it answers. */
async function serverThat(reply: (asked: Asked, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const one = {
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: JSON.parse(await text(request)) as Asked["body"],
    };
    asked.push(one);
    reply(one, response);
  };
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/v1`;
  return { asked, reranker: httpReranker({ url, model: "rerank-1", apiKey: "secret", timeoutMs: 300 }) };
}

const json = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const results = (...scores: readonly (readonly [number, number])[]) => ({
  id: "1",
  results: scores.map(([index, relevance_score]) => ({ index, relevance_score, document: { text: "…" } })),
});

describe("a reranker over HTTP", () => {
  it("is asked as the protocol says and answers in the order of the texts", async () => {
    const { asked, reranker } = await serverThat((_, response) => json(response, results([1, 0.9], [0, 0.2])));
    expect(await reranker.rerank("copper?", ["steel", "copper"])).toEqual([0.2, 0.9]);
    expect(asked).toEqual([
      {
        path: "/v1/rerank",
        authorization: "Bearer secret",
        body: { model: "rerank-1", query: "copper?", documents: ["steel", "copper"], top_n: 2 },
      },
    ]);
    expect(await reranker.rerank("copper?", [])).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it("brings raw scores between 0 and 1 and keeps their order", async () => {
    const { reranker } = await serverThat((_, response) => json(response, results([0, -4], [1, 7.5])));
    const [low = 1, high = 0] = await reranker.rerank("q", ["a", "b"]);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(high);
    expect(high).toBeLessThan(1);
  });

  it.each([
    ["a score too few", results([0, 0.5])],
    ["one text twice", results([0, 0.5], [0, 0.6])],
    ["a text that was not sent", results([0, 0.5], [2, 0.6])],
    ["no numbers", { results: [{ index: 0, relevance_score: "high" }] }],
    ["another form", [0.5, 0.5]],
  ])("is not believed with %s", async (_, body) => {
    const { reranker } = await serverThat((__, response) => json(response, body));
    await expect(reranker.rerank("q", ["a", "b"])).rejects.toMatchObject({ code: "model-answer" });
  });

  it.each([
    [401, false],
    [404, false],
    [429, true],
    [500, true],
  ])("says of status %i whether to try again, and nothing of what the server said", async (status, retryable) => {
    const { reranker } = await serverThat((_, response) => json(response, { detail: "secret text" }, status));
    const failure = reranker.rerank("q", ["secret text"]);
    await expect(failure).rejects.toMatchObject({ code: "model-unavailable", retryable });
    await expect(failure).rejects.not.toThrow("secret text");
  });

  it("is given up when it is silent, redirects, breaks off or talks nonsense", async () => {
    const faults: ((response: ServerResponse) => void)[] = [
      () => {},
      (response) => void response.writeHead(307, { location: "http://127.0.0.1:9/rerank" }).end(),
      (response) => void response.destroy(),
      (response) => void response.end("<html>"),
    ];
    for (const fault of faults) {
      const { reranker } = await serverThat((_, response) => fault(response));
      await expect(reranker.rerank("q", ["a"])).rejects.toMatchObject({
        code: expect.stringMatching(/^model-/) as string,
      });
      server?.closeAllConnections();
      server?.close();
    }
  });

  it("is cancelled with the request", async () => {
    const { reranker } = await serverThat(() => {});
    const controller = new AbortController();
    const asked = reranker.rerank("q", ["a"], controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: "cancelled" });
  });
});
