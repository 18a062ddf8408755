import { describe, expect, it } from "vitest";
import type { LiveRecheck } from "../../infra/odoo/open-live-recheck.ts";
import { POLICY_DOCUMENT, startStandIn } from "./stand-in-services.ts";

const NOTE = "Records of Odoo were left out.";

describe("with the live recheck", () => {
  it("every way to text goes through it as the reader, and a result that lacks something says so", async () => {
    const readers: string[] = [];
    const liveRecheck: LiveRecheck = {
      over: (_readable, { principal }) => {
        readers.push(principal.login);
        return { chunks: async () => [], parts: async () => [], degraded: () => NOTE };
      },
    };
    await using server = await startStandIn({ services: { liveRecheck } });
    const found = await server.call("POST", "/v1/search", { body: { query: "approval" }, as: "bo" });
    expect(await found.json()).toMatchObject({ hits: [], degraded: NOTE });
    const answer = await server.call("POST", "/v1/answers", { body: { question: "Who approves?" }, as: "bo" });
    expect(await answer.json()).toMatchObject({ status: "abstained", citations: [], degraded: NOTE });
    const rationale = await server.call("POST", "/v1/rationales", { body: { order: "PO-1" }, as: "bo" });
    expect(rationale.status).toBe(404);
    const waiting = await server.call("GET", "/v1/approvals", { as: "bo" });
    expect(await waiting.json()).toEqual({ orders: [] });
    const document = await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "bo" });
    expect(document.status).toBe(404);
    expect(readers).toEqual(["bo", "bo", "bo", "bo", "bo"]);
  });

  it("off, the same reader is shown the document", async () => {
    await using server = await startStandIn();
    expect((await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}`, { as: "bo" })).status).toBe(200);
    const found = await server.call("POST", "/v1/search", { body: { query: "approval" }, as: "bo" });
    expect(await found.json()).toMatchObject({ hits: [{ documentId: POLICY_DOCUMENT }], degraded: null });
  });
});
