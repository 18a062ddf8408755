import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../api/serve.ts";
import { type Services, servicesOver } from "../../api/services.ts";
import { readConfig } from "../../infra/config.ts";
import { type Resources, openResources } from "../../infra/open.ts";
import { type SampleCopy, copySample } from "./copy-sample.ts";

let copy: SampleCopy;
let resources: Resources;
let services: Services;

beforeAll(async () => {
  copy = await copySample();
  resources = await openResources(readConfig({ DATA_DIR: copy.dataDirectory, LOG_LEVEL: "silent" }));
  services = servicesOver(resources);
});
afterAll(async () => {
  await services.ingestion[Symbol.asyncDispose]();
  await resources[Symbol.asyncDispose]();
  await copy[Symbol.asyncDispose]();
});

describe("a second start over the same data", () => {
  it("writes nothing again, removes nothing, and fails only where the first one did", async () => {
    const before = await services.database.ingested.counts();
    const failures = (await services.database.ingested.failures()).map(({ key }) => key);
    const reports = await services.ingestion.synchronise();
    expect(reports.map(({ source }) => source)).toEqual(["odoo:sample", "folder:documents"]);
    for (const report of reports) expect(report).toMatchObject({ written: 0, removed: 0 });
    expect(reports.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBeGreaterThan(900);
    expect((await services.database.ingested.failures()).map(({ key }) => key)).toEqual(failures);
    expect(await services.database.ingested.counts()).toEqual(before);
  });
});

describe("the audit trail of what was shown", () => {
  it("names readers and sources and holds no word of questions or documents", async () => {
    await using server = await serve(services, "127.0.0.1", 0);
    const question = "From which amount must the finance director approve a purchase order?";
    const post = (path: string, body: object) =>
      fetch(server.url + path, {
        method: "POST",
        headers: {
          authorization: `Bearer ${services.operatorKey}`,
          "x-groundwork-as": "petra.purchasing",
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      });
    const answer = (await (await post("/v1/answers", { question })).json()) as {
      citations: { documentId: string; quote: string }[];
    };
    await (await post("/v1/search", { query: "copper cable" })).json();
    await (await post("/v1/rationales", { order: "VOL-Q-7781" })).json();
    const entries = await services.database.audit.recent(3);
    expect(entries.map(({ action, outcome, login, via }) => [action, outcome, login, via])).toEqual([
      ["rationale", "speaks-against-approval", "petra.purchasing", "operator"],
      ["search", "10 hits", "petra.purchasing", "operator"],
      ["answer", "answered", "petra.purchasing", "operator"],
    ]);
    const cited = [...new Set(answer.citations.map(({ documentId }) => documentId))];
    expect(entries[2]?.documentIds).toEqual(cited);
    const policy = await services.database.policies.latest();
    for (const { epoch, filterHash, requestId, documentIds } of entries) {
      expect(epoch).toBe(policy?.epoch);
      expect(filterHash).toMatch(/^[0-9a-f]{16,}$/);
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(documentIds.length).toBeGreaterThan(0);
    }
    const kept = JSON.stringify(entries);
    for (const words of [
      question,
      "copper cable",
      "VOL-Q-7781",
      "25,000",
      ...answer.citations.map(({ quote }) => quote),
    ]) {
      expect(kept).not.toContain(words);
    }
  });
});
