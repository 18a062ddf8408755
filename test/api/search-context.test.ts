import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POLICY_DOCUMENT, SENTENCE, type StandInServer, standIn, startStandIn } from "./stand-in-services.ts";

let server: StandInServer;
let asked: unknown[] = [];

beforeAll(async () => {
  const { readable } = standIn().services.database;
  server = await startStandIn({
    database: {
      readable: {
        ...readable,
        chunks: async (ids, filter, signal, context) => {
          asked.push(context);
          const around = { start: 0, end: SENTENCE.length, text: SENTENCE, headings: ["Approval"] };
          return (await readable.chunks(ids, filter, signal)).map((chunk) =>
            context === undefined ? chunk : { ...chunk, context: around },
          );
        },
      },
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

async function searched(body: object, as = "bo") {
  asked = [];
  const response = await server.call("POST", "/v1/search", { as, body: { query: "copper", ...body } });
  return { status: response.status, body: (await response.json()) as { hits: Record<string, unknown>[] } };
}

describe("a search", () => {
  it.each(["neighbours", "section"])("gives each hit with its %s when asked to", async (context) => {
    const { body } = await searched({ context });
    expect(body.hits).toHaveLength(1);
    expect(body.hits[0]).toMatchObject({ documentId: POLICY_DOCUMENT, context: { start: 0, text: SENTENCE } });
    expect(new Set(asked)).toEqual(new Set([context]));
  });

  it.each([{}, { context: "none" }])("gives hits alone otherwise: %j", async (body) => {
    const found = await searched(body);
    expect(found.body.hits[0]).not.toHaveProperty("context");
    expect(new Set(asked)).toEqual(new Set([undefined]));
  });

  it("refuses what it does not know, and shows nobody more than before", async () => {
    expect((await searched({ context: "document" })).status).toBe(400);
    expect((await searched({ context: "section" }, "vera")).body.hits).toEqual([]);
  });
});
