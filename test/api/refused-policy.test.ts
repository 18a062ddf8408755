import { describe, expect, it } from "vitest";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { SENTENCE, startStandIn } from "./stand-in-services.ts";

/** No rule of any model can be planned. */
const refused = inventedPolicy({
  ingestedModels: ["order", "project"],
  modelAccess: ["order", "project"].map((model) => ({ model, groupId: null })),
  recordRules: ["order", "project"].map((model, id) => ({ id, name: model, model, groupIds: [], domain: "[(" })),
});

describe("rules of which none can be planned", () => {
  it("leave Groundwork ready, and whoever may read nothing else with an abstention, not an error", async () => {
    await using server = await startStandIn({ policy: refused });
    expect((await server.call("GET", "/readyz")).status).toBe(200);
    const body = { question: "Who approves an order above 25,000 USD?" };
    const response = await server.call("POST", "/v1/answers", { as: "vera", body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "abstained", statements: [], citations: [] });
    const search = await server.call("POST", "/v1/search", { as: "vera", body: { query: "order" } });
    expect(await search.json()).toMatchObject({ hits: [] });
  });

  it("do not touch files, whose access they do not state", async () => {
    await using server = await startStandIn({ policy: refused });
    const body = { question: "Who approves an order above 25,000 USD?" };
    const response = await server.call("POST", "/v1/answers", { as: "bo", body });
    expect(await response.text()).toContain(SENTENCE);
  });
});

describe("rules that were never read", () => {
  it("leave Groundwork not ready, and it says so", async () => {
    await using server = await startStandIn({ policy: null });
    const ready = await server.call("GET", "/readyz");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      code: "not-ready",
      detail: expect.stringMatching(/has not read the access rules yet, so nothing is shown/),
    });
  });
});
