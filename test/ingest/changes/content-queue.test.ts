import { describe, expect, it, vi } from "vitest";
import { GroundworkError } from "../../../infra/errors.ts";
import { ContentQueue } from "../../../ingest/changes/content-queue.ts";
import type { SourceItem } from "../../../ingest/sources/port.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { memoryDocuments } from "../../support/memory-documents.ts";
import { silentLog } from "../../support/silent-log.ts";

function item(id: number, text: string, readAt: number): SourceItem {
  const key = `purchase.order/${id}`;
  const access = { model: ["purchase.order"] };
  const document = {
    key,
    kind: "purchase order",
    title: key,
    model: "purchase.order",
    recordId: id,
    url: null,
    metadata: {},
    parts: [
      {
        key: "main",
        text,
        blocks: [{ kind: "paragraph" as const, start: 0, end: text.length, page: null }],
        access,
        facts: [],
      },
    ],
  };
  return { key, fingerprint: text, readAt, load: async () => ({ documents: [document], failures: [] }) };
}

function queue(changedAt = new Map<string, number>()) {
  const documents = memoryDocuments();
  const tools = { ingested: documents, embedder: bagOfWordsEmbedder(4), log: silentLog };
  const textOf = (id: number) => documents.documents.get(`purchase.order/${id}`)?.parts[0]?.text;
  return { documents, textOf, queue: new ContentQueue(tools, changedAt) };
}

const idle = async (content: ContentQueue) => {
  while (!content.isIdle) await new Promise(setImmediate);
};

describe("bringing changed text up to date in the background", () => {
  it("writes what it is given, once each, and is idle afterwards", async () => {
    const { documents, textOf, queue: content } = queue();
    content.add("odoo:test", [item(1, "one", 0), item(2, "two", 0)]);
    expect(content.isIdle).toBe(false);
    await idle(content);
    expect([textOf(1), textOf(2)]).toEqual(["one", "two"]);
    content.add("odoo:test", [item(1, "one", 0)]);
    await idle(content);
    expect(documents.writes).toEqual(["purchase.order/1", "purchase.order/2"]);
  });

  it("does not write what has changed again since it was read", async () => {
    const changedAt = new Map([["purchase.order/1", 10]]);
    const { textOf, queue: content } = queue(changedAt);
    content.add("odoo:test", [item(1, "old", 9), item(2, "two", 9)]);
    await idle(content);
    expect([textOf(1), textOf(2)]).toEqual([undefined, "two"]);
    content.add("odoo:test", [item(1, "new", 11)]);
    await idle(content);
    expect(textOf(1)).toBe("new");
  });

  it("tries again what failed as a whole, and what came meanwhile wins", async () => {
    const { documents, textOf, queue: content } = queue();
    vi.spyOn(documents, "write").mockImplementationOnce(() => {
      content.add("odoo:test", [item(1, "newer", 1)]);
      return Promise.reject(new GroundworkError("database", "Full.", { retryable: true }));
    });
    content.add("odoo:test", [item(1, "older", 0), item(2, "two", 0)]);
    await idle(content);
    expect([textOf(1), textOf(2)]).toEqual(["newer", "two"]);
  });

  it("tells with which fingerprint an item waits", async () => {
    const { queue: content } = queue();
    content.add("odoo:test", [item(1, "one", 0)]);
    expect([content.waiting("purchase.order/1"), content.waiting("purchase.order/2")]).toEqual(["one", undefined]);
    await idle(content);
    expect(content.waiting("purchase.order/1")).toBeUndefined();
  });

  it("does not count on an item that was read before it changed again or was removed", () => {
    const changedAt = new Map([["purchase.order/1", 10]]);
    const { queue: content } = queue(changedAt);
    content.add("odoo:test", [item(1, "one", 9), item(2, "two", 9)]);
    expect([content.waiting("purchase.order/1"), content.waiting("purchase.order/2")]).toEqual([undefined, "two"]);
  });

  it("stops when it is closed, whatever waits", async () => {
    const { documents, queue: content } = queue();
    content.add(
      "odoo:test",
      Array.from({ length: 200 }, (_, id) => item(id, `text ${id}`, 0)),
    );
    await content.close();
    expect(content.isIdle).toBe(true);
    expect(documents.documents.size).toBeLessThan(200);
  });
});
