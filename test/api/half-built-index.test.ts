import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentAttributes } from "../../permissions/document-access.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { oneEmbedder } from "../support/one-embedder.ts";
import { openTestDatabase, PATIENCE, type TestDatabase } from "../support/test-database.ts";
import { NO_VECTORS, testDocument, unit, writeEmbedded } from "../support/test-document.ts";
import { standIn, type StandInServer, startStandIn } from "./stand-in-services.ts";

let opened: TestDatabase;
let server: StandInServer;

beforeAll(async () => {
  opened = await openTestDatabase();
  const written = (id: string, text: string, groups: readonly string[], vectors: "embedded" | "bare") => {
    const access = documentAttributes({ groups: [...groups] }, inventedPolicy());
    const document = testDocument(id, [{ chunks: [text], access }], {
      source: "folder:test",
      kind: "policy",
      model: "file",
    });
    return writeEmbedded(
      opened.database,
      document,
      vectors === "bare" ? NO_VECTORS : new Map([[`${id}/main/0`, unit(1, 0, 0, 0)]]),
    );
  };
  await written("open", "Copper is bought by the buyer.", ["purchase.buyer"], "embedded");
  await written("hidden", "Copper is approved by the manager.", ["purchase.manager"], "bare");
  server = await startStandIn({
    database: { readable: opened.database.readable, inspection: opened.database.inspection },
    services: {
      index: opened.index,
      embedders: oneEmbedder({
        ...standIn().services.embedders.configured.embedder,
        dimensions: 4,
        embed: async (texts) => texts.map(() => unit(1, 0, 0, 0)),
      }),
    },
  });
}, PATIENCE);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await opened.discard();
});

async function degraded(path: string, as: string): Promise<string | null> {
  const body = path === "/v1/search" ? { query: "copper" } : { question: "Who buys copper?" };
  const response = await server.call("POST", path, { as, body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { degraded: string | null }).degraded;
}

describe.each(["/v1/search", "/v1/answers"])(
  "an index of which some chunks have no vectors yet, asked through %s",
  (path) => {
    it("says so to whoever may read one of them", async () => {
      expect(await degraded(path, "mia")).toMatch(/searched by its words alone/);
    });

    it("says nothing to whoever may read none: what is hidden is not told of", async () => {
      expect(await degraded(path, "bo")).toBeNull();
    });
  },
);
