import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import { type StandInServer, startStandIn } from "./stand-in-services.ts";

let server: StandInServer;
let isIndexDown = false;
/** How often the index answers before it is gone. */
let answersLeft = Number.POSITIVE_INFINITY;
let dimensions = 2;
/** So many that a search asks a second time, with what the best of them say. */
const MANY = [
  { chunkId: "chunk-1", score: 400 },
  ...Array.from({ length: 299 }, (_, rank) => ({ chunkId: `of-others-${rank}`, score: 300 - rank })),
];

beforeAll(async () => {
  server = await startStandIn({
    embed: async (texts) => texts.map(() => new Float32Array(dimensions).fill(1)),
    services: {
      index: {
        search: async () => {
          if (isIndexDown) throw new GroundworkError("index", "The search index is being filled.", { retryable: true });
          if (answersLeft-- < 1) throw new GroundworkError("index", "The search index is gone.", { retryable: true });
          return Number.isFinite(answersLeft) ? { keyword: MANY, vector: [] } : { keyword: [], vector: [] };
        },
      },
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const asked = async (path: string, text: unknown) => {
  const body = { [path === "/v1/search" ? "query" : "question"]: text };
  const response = await server.call("POST", path, { as: "bo", body });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
};

describe.each(["/v1/search", "/v1/answers"])("a question to %s", (path) => {
  it.each([
    ["empty", "", 400],
    ["blank", " \n\t ", 400],
    ["of 10,000 words", "copper ".repeat(10_000), 400],
    ["a character too long", "x".repeat(4_001), 400],
    ["larger than a body may be", "x".repeat(200_000), 413],
    ["no text", 12, 400],
  ])("that is %s is a problem document", async (_, text, status) => {
    const refused = await asked(path, text);
    expect(refused.status).toBe(status);
    expect(refused.type).toContain("application/problem+json");
    expect(refused.body).toMatchObject({ code: "invalid-request", status });
  });

  it.each([
    ["binary", "\u0000\u0001\uFFFE\uD800 copper"],
    ["marks alone", "?!… — ()"],
    ["as long as it may be", "x".repeat(4_000)],
  ])("that is %s is answered", async (_, text) => {
    expect((await asked(path, text)).status).toBe(200);
  });

  it("is a problem document, never an unfiltered answer, while the index is not there", async () => {
    isIndexDown = true;
    const refused = await asked(path, "copper");
    isIndexDown = false;
    expect(refused).toMatchObject({ status: 503, body: { code: "index" } });
  });

  it("is answered without vectors, and says so, where the model gives one of another size", async () => {
    dimensions = 3;
    const answered = await asked(path, "copper");
    dimensions = 2;
    expect(answered).toMatchObject({ status: 200, body: { degraded: expect.stringMatching(/keyword alone/) } });
  });

  it("is answered from what was found, and says so, where the index disappears in mid-query", async () => {
    answersLeft = 1;
    const answered = await asked(path, "who approves above 25,000 USD?");
    answersLeft = Number.POSITIVE_INFINITY;
    expect(answered).toMatchObject({ status: 200, body: { degraded: expect.stringMatching(/mid-search/) } });
    expect(JSON.stringify(answered.body)).not.toContain("of-others");
  });
});
