import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChunkSelection } from "../../infra/chunk-index/port.ts";
import { type StandInServer, startStandIn } from "./stand-in-services.ts";

let server: StandInServer;
let asked: (ChunkSelection | undefined)[] = [];

beforeAll(async () => {
  server = await startStandIn({
    services: {
      index: {
        search: async ({ selection }) => {
          asked.push(selection);
          return { keyword: [], vector: [] };
        },
      },
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

async function post(path: string, body: object, as = "bo") {
  asked = [];
  const response = await server.call("POST", path, { as, body });
  return { status: response.status, body: (await response.json()) as { errors?: { path: string }[]; code?: string } };
}

const paths = [
  ["/v1/search", { query: "copper" }],
  ["/v1/answers", { question: "copper" }],
] as const;

describe.each(paths)("what narrows %s", (path, body) => {
  it("reaches the index as it was stated", async () => {
    const stated = {
      sources: ["folder:policies"],
      models: ["purchase.order", "file"],
      kinds: ["policy", "purchase order"],
      records: [{ model: "purchase.order", ids: [7, 8] }],
    };
    const { status } = await post(path, { ...body, ...stated, from: "2026-01-01", until: "2026-12-31" });
    expect(status).toBe(200);
    expect(asked[0]).toEqual({ ...stated, days: { from: "2026-01-01", until: "2026-12-31" } });
    await post(path, body);
    expect(asked[0]).toBeUndefined();
  });

  it.each([
    [{ models: ["purchase.ordre"] }, "models.0"],
    [{ kinds: ["policy", "polcy"] }, "kinds.1"],
    [{ sources: ["folder:elsewhere"] }, "sources.0"],
    [{ records: [{ model: "no.model", ids: [1] }] }, "records.0.model"],
    [{ records: [{ model: "file", ids: [1] }] }, "records.0.model"],
    [{ records: [{ model: "purchase.order", ids: [] }] }, "records.0.ids"],
    [{ records: [{ model: "purchase.order", ids: [2_147_483_648] }] }, "records.0.ids.0"],
    [{ from: "2026-02-30" }, "from"],
    [{ from: "yesterday" }, "from"],
    [{ from: "2026-02-02", until: "2026-02-01" }, "until"],
    [{ models: [] }, "models"],
  ])("is refused, by name, where it is not understood: %j", async (filters, name) => {
    const refused = await post(path, { ...body, ...filters });
    expect(refused.status).toBe(400);
    expect(refused.body.errors?.map((error) => error.path)).toEqual([name]);
    expect(asked).toEqual([]);
  });

  it("is refused where its name is not known", async () => {
    for (const name of ["model", "date", "where", "days", "documentIds", "labels"]) {
      expect((await post(path, { ...body, [name]: ["x"] })).status, name).toBe(400);
    }
  });

  it("tells a hidden kind or source from one that is not there by nothing", async () => {
    for (const [hidden, absent] of [
      [{ kinds: ["policy"] }, { kinds: ["absent"] }],
      [{ sources: ["folder:policies"] }, { sources: ["folder:absents"] }],
    ]) {
      expect((await post(path, { ...body, ...hidden })).status).toBe(200);
      const [one, other] = [
        await post(path, { ...body, ...hidden }, "vera"),
        await post(path, { ...body, ...absent }, "vera"),
      ];
      expect(one).toEqual(other);
      expect(one.status).toBe(400);
    }
  });
});

const filters = async (as: string) => (await server.call("GET", "/v1/filters", { as })).json();

describe("GET /v1/filters", () => {
  it("lists what the reader may read something of, and nothing else", async () => {
    expect(await filters("bo")).toMatchObject({ sources: ["folder:policies"], models: ["file"], kinds: ["policy"] });
    expect(await filters("vera")).toMatchObject({ sources: [], models: [], kinds: [] });
  });
});
