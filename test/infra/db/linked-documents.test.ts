import { describe, expect, it } from "vitest";
import { linkedDocuments } from "../../../infra/db/linked-documents.ts";
import type { DocumentHead, ReadableDocuments } from "../../../infra/db/port.ts";
import { EVERYTHING } from "../../support/filter.ts";
import { RECHECKED } from "../../support/recheck.ts";

const asked: unknown[] = [];

/** Documents that hold nothing but this address. */
function documentsAt(url: string | null): ReadableDocuments {
  const head: DocumentHead = {
    documentId: "d",
    source: "s",
    key: "k",
    kind: "x",
    title: "T",
    model: "m",
    recordId: 1,
    url,
    metadata: {},
  };
  const span = { start: 0, end: 1, page: null, headings: [] };
  return {
    chunks: (...query) => {
      asked.push(query);
      return Promise.resolve([{ ...span, chunkId: "c", document: head, part: "main", text: "x", recheck: RECHECKED }]);
    },
    parts: (...query) => {
      asked.push(query);
      return Promise.resolve([
        { document: head, part: "main", text: "x", facts: [], spans: [span], recheck: RECHECKED },
      ]);
    },
  };
}

async function linked(url: string | null, base: string | null): Promise<string | null | undefined> {
  const documents = linkedDocuments(documentsAt(url), base);
  const [chunk] = await documents.chunks(["c"], EVERYTHING);
  const [part] = await documents.parts({ limit: 1 }, EVERYTHING);
  expect(part?.document.url).toBe(chunk?.document.url);
  return chunk?.document.url;
}

describe("the addresses of documents", () => {
  it("are whole where there is a server to open them on", async () => {
    expect(await linked("/odoo/purchase.order/1", "https://odoo.example")).toBe(
      "https://odoo.example/odoo/purchase.order/1",
    );
    expect(await linked("/web/content/9", "https://odoo.example/")).toBe("https://odoo.example/web/content/9");
    expect(await linked("/odoo/x/1", "https://example.com/erp/")).toBe("https://example.com/erp/odoo/x/1");
  });

  it("are none where there is no server, or nothing to open", async () => {
    expect(await linked("/odoo/purchase.order/1", null)).toBeNull();
    expect(await linked(null, "https://odoo.example")).toBeNull();
    expect(await linked(null, null)).toBeNull();
  });

  it("never lead to another host by their look", async () => {
    expect(await linked("//evil.example/x", "https://odoo.example")).toMatch(/^https:\/\/odoo\.example\//);
    expect(await linked("/\\evil.example/x", "https://odoo.example")).toMatch(/^https:\/\/odoo\.example\//);
  });

  it("stay as they are when they are whole already", async () => {
    expect(await linked("https://elsewhere.example/a", "https://odoo.example")).toBe("https://elsewhere.example/a");
    expect(await linked("https://elsewhere.example/a", null)).toBe("https://elsewhere.example/a");
  });

  it("change nothing else: question, filter and signal go on as they came", async () => {
    asked.length = 0;
    const signal = AbortSignal.timeout(1000);
    const documents = linkedDocuments(documentsAt("/a"), null);
    const [chunk] = await documents.chunks(["c1", "c2"], EVERYTHING, signal);
    expect(asked).toEqual([[["c1", "c2"], EVERYTHING, signal]]);
    expect(chunk).toMatchObject({ chunkId: "c", part: "main", text: "x", document: { title: "T", key: "k" } });
  });
});
