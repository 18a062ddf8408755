import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OpenAiEmbedderOptions, openOpenAiEmbedder } from "../../../infra/models/openai-embedder.ts";
import { cosine, describeEmbedderContract } from "../../contracts/embedder.ts";
import { answerJson, type Behaviour, FakeModelServer } from "./fake-model-server.ts";

const MODEL_WINDOW_CHARACTERS = 8_192;

/** Refuses what real servers refuse, answers in reverse order, and gives each text a vector of its own. */
const embedLikeAServer: Behaviour = ({ body }, response) => {
  const input = body["input"] as string[];
  if (input.some((text) => text === "" || text.length > MODEL_WINDOW_CHARACTERS)) {
    answerJson(response, 400, { error: { message: "input is empty or too long" } });
    return;
  }
  const data = input.map((text, index) => ({ object: "embedding", index, embedding: fakeVector(text) }));
  answerJson(response, 200, { object: "list", data: data.reverse(), model: "tiny", usage: {} });
};

function fakeVector(text: string): number[] {
  return [...createHash("sha256").update(text).digest()].map((byte) => byte - 127.5);
}

describe("openOpenAiEmbedder against a server", () => {
  let contractServer: FakeModelServer;

  beforeAll(async () => {
    contractServer = await FakeModelServer.start();
    contractServer.behave = embedLikeAServer;
  });

  afterAll(async () => {
    await contractServer[Symbol.asyncDispose]();
  });

  describeEmbedderContract("an OpenAI-compatible endpoint", () =>
    openOpenAiEmbedder({ baseUrl: contractServer.baseUrl, apiKey: null, model: "tiny", timeoutMs: 5_000 }),
  );
});

describe("openOpenAiEmbedder", () => {
  let server: FakeModelServer;

  beforeEach(async () => {
    server = await FakeModelServer.start();
    server.behave = embedLikeAServer;
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  const open = (options: Partial<OpenAiEmbedderOptions> = {}) =>
    openOpenAiEmbedder({ baseUrl: server.baseUrl, apiKey: "key-1", model: "tiny", timeoutMs: 5_000, ...options });

  it("asks the server for the length of its vectors and names host and model", async () => {
    const embedder = await open();
    expect(embedder.dimensions).toBe(32);
    expect(embedder.id).toBe(`openai-embedding/${new URL(server.baseUrl).host}/tiny`);
    expect(server.received).toMatchObject([
      { path: "/v1/embeddings", authorization: "Bearer key-1", body: { model: "tiny", encoding_format: "float" } },
    ]);
  });

  it("sends nothing while it opens when the length is given", async () => {
    expect((await open({ dimensions: 32 })).dimensions).toBe(32);
    expect(server.received).toEqual([]);
  });

  it("sends many texts in requests of at most 64 and puts the answers together in order", async () => {
    const embedder = await open({ dimensions: 32 });
    const texts = Array.from({ length: 150 }, (_, index) => `chunk ${index}`);
    const vectors = await embedder.embed(texts);
    expect(server.received.map(({ body }) => (body["input"] as string[]).length).sort((a, b) => a - b)).toEqual([
      22, 64, 64,
    ]);
    const expected = Float32Array.from(fakeVector("chunk 149"));
    expect(cosine(vectors[149], expected) / Math.hypot(...expected)).toBeCloseTo(1, 5);
  });

  it.each([
    ["a text has no vector", { data: [] }],
    ["two vectors claim one text", { data: [0, 0].map((index) => ({ index, embedding: [1, 2] })) }],
    ["the vectors have another length", { data: [0, 1].map((index) => ({ index, embedding: [1, 2] })) }],
    ["components are no numbers", { data: [0, 1].map((index) => ({ index, embedding: ["1"] })) }],
    ["the body is something else", { hello: "world" }],
  ])("reports `model-answer` when %s", async (_name, body) => {
    server.behave = (_request, response) => answerJson(response, 200, body);
    const embedder = await open({ dimensions: 32 });
    await expect(embedder.embed(["one", "two"])).rejects.toMatchObject({ code: "model-answer" });
  });

  it.each([
    { status: 401, retryable: false },
    { status: 429, retryable: true },
    { status: 502, retryable: true },
  ])("reports HTTP $status as unavailable", async ({ status, retryable }) => {
    server.behave = (_request, response) => answerJson(response, status, { error: { message: "no" } });
    await expect(open()).rejects.toMatchObject({ code: "model-unavailable", retryable });
  });

  it("gives up when the body never ends", async () => {
    server.behave = (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"data": [');
    };
    const embedder = await open({ dimensions: 32, timeoutMs: 50 });
    await expect(embedder.embed(["one"])).rejects.toMatchObject({ code: "model-unavailable", retryable: true });
    await server.abandoned;
  });

  it("hangs up when the call is cancelled", async () => {
    const controller = new AbortController();
    server.behave = () => controller.abort();
    const embedder = await open({ dimensions: 32 });
    await expect(embedder.embed(["one"], controller.signal)).rejects.toMatchObject({ code: "cancelled" });
    await server.abandoned;
  });

  it("fails running calls when it is closed", async () => {
    const embedder = await open({ dimensions: 32 });
    server.behave = () => void embedder.close();
    await expect(embedder.embed(["one"])).rejects.toMatchObject({ code: "model-unavailable" });
  });
});
