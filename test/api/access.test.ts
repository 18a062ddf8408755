import { describe, expect, it } from "vitest";
import { explainResponse, replayResponse } from "../../api/access-schemas.ts";
import { accessProof } from "../../api/schemas.ts";
import { readEventStream } from "../../api/web/source/read-event-stream.ts";
import type { InspectedDocument } from "../../infra/db/port.ts";
import type { AccessProof } from "../../permissions/access-proof.ts";
import { GROUPS } from "../permissions/invented-policy.ts";
import { POLICY_DOCUMENT, SENTENCE, standIn, type StandInServer, startStandIn } from "./stand-in-services.ts";

const question = "Who approves an order above 25,000 USD?";
const operator = "operator";

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

/** Each way to a document, as one login. */
async function ways(server: StandInServer, proof: boolean) {
  const more = proof ? { proof } : {};
  return {
    search: await server.call("POST", "/v1/search", { as: "bo", body: { query: "order", ...more } }),
    answer: await server.call("POST", "/v1/answers", { as: "bo", body: { question, ...more } }),
    document: await server.call("GET", `/v1/documents/${POLICY_DOCUMENT}${proof ? "?proof=true" : ""}`, { as: "bo" }),
  };
}

describe("the proof of access", () => {
  it("comes with whatever is shown when it is asked for: who, by which policy, which text, by which attributes", async () => {
    await using server = await startStandIn();
    for (const [way, response] of Object.entries(await ways(server, true))) {
      const { proof } = await bodyOf(response);
      expect(accessProof.strict().parse(proof), way).toMatchObject({
        principal: { login: "bo", userId: 10 },
        groups: [GROUPS.user, GROUPS.buyer],
        companies: [1],
        currentCompany: 1,
        namesCompanies: false,
        epoch: "epoch-1",
        attributes: [{ readers: ["group:purchase.buyer"] }],
        sources: [{ documentId: POLICY_DOCUMENT, part: "main", access: 0, recheck: { result: "readable" } }],
      });
      expect(JSON.stringify(proof)).not.toContain(SENTENCE);
    }
  });

  it("is kept in the audit trail in any case, and in no response that does not ask for it", async () => {
    await using server = await startStandIn();
    for (const [way, response] of Object.entries(await ways(server, false))) {
      const text = await response.text();
      expect(text, way).not.toMatch(/proof|recheck|textHash|attributes|group:/);
      const requestId = response.headers.get("x-request-id");
      const kept = server.proven.filter(({ entry }) => entry.requestId === requestId);
      expect(kept.map(({ proof }) => proof?.sources.length)).toEqual([1]);
      expect(JSON.stringify(kept)).not.toContain("25,000");
    }
  });

  it("is asked for by true or false and nothing else", async () => {
    await using server = await startStandIn();
    const asked = (proof: string) =>
      server.call("GET", `/v1/documents/${POLICY_DOCUMENT}?proof=${proof}`, { as: "bo" });
    expect(await (await asked("false")).text()).not.toContain("recheck");
    expect((await asked("maybe")).status).toBe(400);
    expect((await server.call("POST", "/v1/search", { as: "bo", body: { query: "x", proof: "true" } })).status).toBe(
      400,
    );
  });

  it("names the companies that a request names, and no source where nothing was shown", async () => {
    await using server = await startStandIn();
    const answer = await server.call("POST", "/v1/answers", {
      as: "vera",
      body: { question, companies: [1], proof: true },
    });
    expect(await bodyOf(answer)).toMatchObject({
      status: "abstained",
      proof: { principal: { login: "vera" }, namesCompanies: true, companies: [1], sources: [], attributes: [] },
    });
  });

  it("ends a stream, and every statement has left its own in the audit trail before", async () => {
    await using server = await startStandIn();
    const response = await server.call("POST", "/v1/answers", {
      as: "bo",
      headers: { accept: "text/event-stream" },
      body: { question, proof: true },
    });
    const done: { proof?: AccessProof }[] = [];
    for await (const { name, data } of readEventStream(response.body ?? new ReadableStream())) {
      if (name === "done") done.push(JSON.parse(data) as { proof?: AccessProof });
      else expect(data).not.toContain("recheck");
    }
    expect(done.map(({ proof }) => proof?.sources.length)).toEqual([1]);
    expect(server.proven.map(({ entry, proof }) => [entry.outcome, proof?.sources.length])).toEqual([
      ["streaming", 1],
      ["answered", 1],
    ]);
  });
});

async function replay(server: StandInServer, requestId: string | null): Promise<Response> {
  return server.call("POST", "/v1/access/replay", { as: operator, body: { requestId } });
}

const twin = (key: string): InspectedDocument => ({
  documentId: key,
  source: "folder:test",
  key,
  kind: "policy",
  title: "Twin",
  model: "file",
  recordId: null,
  parts: [],
});

const changed = (part: string): InspectedDocument => ({
  ...twin("approval.md"),
  documentId: POLICY_DOCUMENT,
  parts: [{ part, textHash: "another", attributes: { model: ["file"] } }],
});

describe("replaying a request", () => {
  it("makes the decision again from what is kept, and says that the text is the same", async () => {
    await using server = await startStandIn();
    const { answer } = await ways(server, false);
    const replayed = replayResponse
      .strict()
      .parse(await bodyOf(await replay(server, answer.headers.get("x-request-id"))));
    expect(replayed).toMatchObject({
      agrees: true,
      entries: [
        {
          action: "answer",
          login: "bo",
          isEpochKept: true,
          differences: [],
          sources: [{ documentId: POLICY_DOCUMENT, title: "Approval policy", readable: true, text: "unchanged" }],
        },
      ],
    });
    expect(server.audited.at(-1)).toMatchObject({ action: "replay-access", login: operator, via: operator });
  });

  it("says when a document has changed or gone since, which proves nothing wrong", async () => {
    for (const [documents, text] of [
      [[changed("main")], "changed"],
      [[changed("other")], "gone"],
      [[], "gone"],
    ] as const) {
      const inspection = { byId: async () => documents, named: async () => [] };
      await using server = await startStandIn({ database: { inspection } });
      const { search } = await ways(server, false);
      const replayed = await bodyOf(await replay(server, search.headers.get("x-request-id")));
      expect(replayed).toMatchObject({ agrees: true, entries: [{ sources: [{ text, readable: true }] }] });
    }
  });

  it("says when the policy of then is no longer kept, and when the trail has been tampered with", async () => {
    await using without = await startStandIn({ database: { policies: { at: async () => null } } });
    const { search } = await ways(without, false);
    expect(await bodyOf(await replay(without, search.headers.get("x-request-id")))).toMatchObject({
      agrees: false,
      entries: [{ isEpochKept: false, differences: [expect.stringMatching(/epoch-1 is no longer kept/)] }],
    });

    const stand = standIn();
    const ofRequest = async () =>
      stand.proven.map(({ entry, proof }) => ({
        entry: { ...entry, login: "mia", documentIds: ["another"] },
        proof: proof === null ? null : { ...proof, filterHash: "0" },
      }));
    await using tampered = await startStandIn({ database: { audit: { ...stand.services.database.audit, ofRequest } } });
    const { document } = await ways(tampered, false);
    const { agrees, entries } = replayResponse.parse(
      await bodyOf(await replay(tampered, document.headers.get("x-request-id"))),
    );
    expect(agrees).toBe(false);
    const differences = entries[0]?.differences.join("\n");
    expect(differences).toMatch(/has the login “mia”, its proof “bo”/);
    expect(differences).toMatch(/has the documents “another”/);
    expect(differences).toMatch(/has the filter/);
    expect(differences).toMatch(/The filter comes to/);
  });

  it("is a 404 for a request that is not there, or that showed nothing", async () => {
    await using server = await startStandIn();
    const key = await server.call("POST", "/v1/keys", { as: operator, body: { login: "mia" } });
    for (const [requestId, detail] of [
      ["never-was", /no such request/],
      [key.headers.get("x-request-id"), /no proof is kept/],
    ] as const) {
      const response = await replay(server, requestId);
      expect(response.status).toBe(404);
      expect((await bodyOf(response))["detail"]).toMatch(detail);
    }
  });
});

const explain = (server: StandInServer, body: object) =>
  server.call("POST", "/v1/access/explain", { as: operator, body });

describe("explaining access", () => {
  it("tells an administrator why, never what; and is audited", async () => {
    await using server = await startStandIn();
    const response = await explain(server, { login: "vera", record: "approval.md" });
    const text = await response.text();
    expect(text).not.toContain("25,000");
    expect(explainResponse.strict().parse(JSON.parse(text))).toMatchObject({
      login: "vera",
      document: { documentId: POLICY_DOCUMENT, key: "approval.md" },
      epoch: "epoch-1",
      parts: [{ model: "file", verdicts: [{ part: "main", readable: false, agrees: true, groups: null }] }],
    });
    expect(text).toContain("The file is open to the group Buyer (purchase.buyer), and the user is none of these.");
    expect(server.audited).toMatchObject([
      {
        action: "explain-access",
        login: operator,
        via: operator,
        outcome: "approval.md as vera: 0 of 1 parts readable",
        documentIds: [POLICY_DOCUMENT],
      },
    ]);
    expect(await bodyOf(await explain(server, { login: "bo", record: "Approval policy" }))).toMatchObject({
      parts: [{ verdicts: [{ readable: true, agrees: true }] }],
    });
  });

  it("says of what is not ingested that it is not, and why that failed; of a name that several go by, which", async () => {
    const failure = {
      source: "odoo:test",
      key: "order/7",
      code: "empty-file",
      reason: "It is empty.",
      at: "2026-11-20",
    };
    await using server = await startStandIn({
      database: {
        ingested: { failures: async () => [failure] } as never,
        inspection: { byId: async () => [], named: async (name) => (name === "twin" ? [twin("a"), twin("b")] : []) },
      },
    });
    const details = async (record: string) => (await bodyOf(await explain(server, { login: "bo", record })))["detail"];
    expect(await details("order/7")).toBe(
      "“order/7” is not ingested, so nobody may see it here. Ingesting order/7 of odoo:test failed at 2026-11-20 (empty-file): It is empty.",
    );
    expect(await details("invoice/7")).toMatch(/The model invoice is not among those that are ingested\./);
    expect(await details("twin")).toMatch(/Several documents go by “twin”: a \(Twin\), b \(Twin\)\./);
    expect(server.audited.map(({ outcome }) => outcome)).toEqual([
      "order/7 as bo: not-found",
      "invoice/7 as bo: not-found",
      "twin as bo: invalid-request",
    ]);
  });

  it("mentions that a newer version could not be ingested", async () => {
    const failure = {
      source: "folder:test",
      key: "approval.md",
      code: "parser-limit",
      reason: "Too long.",
      at: "2026",
    };
    await using server = await startStandIn({ database: { ingested: { failures: async () => [failure] } as never } });
    expect(await bodyOf(await explain(server, { login: "bo", record: "approval.md" }))).toMatchObject({
      notes: [expect.stringMatching(/failed at 2026 .* What is explained is the version before\./)],
    });
  });
});
