import { describe, expect, it } from "vitest";
import type { Fact } from "../../../infra/document.ts";
import type { DocumentHead, ReadableChunk, ReadableDocuments, ReadablePart } from "../../../infra/db/port.ts";
import { type LiveAsker, liveChecked } from "../../../infra/odoo/live-recheck.ts";
import type { AccessFilter } from "../../../permissions/access-filter.ts";
import { GroundworkError } from "../../../infra/errors.ts";

// The gates before the check are not what is tested: the documents below are what they let through.
const FILTER = {} as AccessFilter;
const PROMPT = { timeoutMs: 5_000 };

function head(model: string, recordId: number | null): DocumentHead {
  const documentId = `${model}/${recordId ?? "terms.pdf"}`;
  const source = model === "file" ? "folder:documents" : "odoo:test";
  return {
    documentId,
    source,
    key: documentId,
    kind: model,
    title: documentId,
    model,
    recordId,
    url: null,
    metadata: {},
  };
}

function piece(document: DocumentHead, model: string, part = "main") {
  return { document, part, text: "text", recheck: { textHash: "", attributes: { model: [model] } } };
}

function chunk(document: DocumentHead, model = document.model, part = "main", start = 0, end = 10): ReadableChunk {
  const chunkId = `${document.documentId} ${part} ${start}`;
  return { ...piece(document, model, part), chunkId, start, end, page: null, headings: [] };
}

function line(id: number, start: number, end: number): Fact {
  const fact = { name: "price_unit", label: "Price", value: 1, display: "1", start, end };
  return { ...fact, line: { model: "order.line", id } };
}

function part(
  document: DocumentHead,
  model = document.model,
  name = "main",
  facts: readonly Fact[] = [],
): ReadablePart {
  return { ...piece(document, model, name), facts, spans: [] };
}

function holding(chunks: readonly ReadableChunk[], parts: readonly ReadablePart[] = []): ReadableDocuments {
  return { chunks: async () => chunks, parts: async () => parts };
}

/** Shows what is named (`order/1`), and notes what it is asked. */
function odooShowing(...names: readonly string[]): LiveAsker & { readonly asked: [string, readonly number[]][] } {
  const asked: [string, readonly number[]][] = [];
  return {
    asked,
    shown: async (model, ids) => {
      asked.push([model, ids]);
      return new Set(ids.filter((id) => names.includes(`${model}/${id}`)));
    },
  };
}

async function shownBy(documents: ReadableDocuments): Promise<readonly string[]> {
  return (await documents.chunks([], FILTER)).map(({ document }) => document.documentId);
}

describe("the live recheck", () => {
  it("lets no text of lines through beside those that it asked for", async () => {
    const order = head("order", 1);
    const context = { start: 0, end: 30, text: "all lines of it", headings: [] };
    const chunks = [
      { ...chunk(order), context },
      { ...chunk(order, "order.line", "lines", 10, 20), context },
    ];
    const parts = [part(order, "order.line", "lines", [line(5, 12, 14)])];
    const checked = liveChecked(holding(chunks, parts), odooShowing("order/1", "order.line/5"), PROMPT);
    const [own, lines] = await checked.chunks([], FILTER, undefined, "section");
    expect(own?.context).toEqual(context);
    expect(lines?.context).toEqual({ start: 10, end: 20, text: "text", headings: [] });
  });

  it("asks one question a model and keeps what Odoo shows, in order; what it does not show is no fault", async () => {
    const odoo = odooShowing("order/1", "order/3", "contact/7");
    const chunks = [
      chunk(head("order", 3)),
      chunk(head("contact", 7)),
      chunk(head("order", 2)),
      chunk(head("order", 1)),
      chunk(head("order", 3), "order", "main", 10, 20),
    ];
    const checked = liveChecked(holding(chunks), odoo, PROMPT);
    expect(await shownBy(checked)).toEqual(["order/3", "contact/7", "order/1", "order/3"]);
    expect(odoo.asked).toEqual([
      ["order", [1, 2, 3]],
      ["contact", [7]],
    ]);
    expect(checked.degraded?.()).toBeNull();
  });

  it("asks nothing about files and withholds a record that has no id", async () => {
    const odoo = odooShowing();
    const checked = liveChecked(holding([chunk(head("file", null)), chunk(head("order", null))]), odoo, PROMPT);
    expect(await shownBy(checked)).toEqual(["file/terms.pdf"]);
    expect(odoo.asked).toEqual([]);
  });

  it("asks about an order's lines by their own model, those within the chunk alone, and wants all of them shown", async () => {
    const order = head("order", 1);
    const lines = part(order, "order.line", "order.line", [line(11, 0, 5), line(12, 5, 10), line(13, 10, 20)]);
    const chunks = [chunk(order, "order.line", "order.line", 0, 10), chunk(order, "order.line", "order.line", 10, 20)];
    const odoo = odooShowing("order.line/11", "order.line/12");
    const checked = liveChecked(holding(chunks, [lines]), odoo, PROMPT);
    expect((await checked.chunks([], FILTER)).map(({ start }) => start)).toEqual([0]);
    expect(odoo.asked).toEqual([["order.line", [11, 12, 13]]]);
    // A part is shown whole or not at all.
    expect(await checked.parts({ limit: 1 }, FILTER)).toEqual([]);
  });

  it("takes the document's record where a part of other access names no line", async () => {
    const order = head("order", 1);
    const odoo = odooShowing("order/1");
    const checked = liveChecked(holding([], [part(order, "order.line", "order.line")]), odoo, PROMPT);
    expect(await checked.parts({ limit: 1 }, FILTER)).toHaveLength(1);
  });

  it("withholds the records of a model that Odoo refuses or fails at, keeps the others, and says so", async () => {
    const failures: string[] = [];
    const asker: LiveAsker = {
      shown: (model, ids) =>
        model === "order"
          ? Promise.reject(new GroundworkError("odoo-refused", "refused"))
          : Promise.resolve(new Set(ids)),
    };
    const onWithheld = (model: string) => void failures.push(model);
    const chunks = [chunk(head("order", 1)), chunk(head("contact", 7)), chunk(head("file", null))];
    const checked = liveChecked(holding(chunks), asker, { ...PROMPT, onWithheld });
    expect(await shownBy(checked)).toEqual(["contact/7", "file/terms.pdf"]);
    expect(failures).toEqual(["order"]);
    expect(checked.degraded?.()).toMatch(/left out/);
  });

  it("shows no record to a reader who has no key to ask with", async () => {
    const chunks = [chunk(head("order", 1)), chunk(head("file", null))];
    const checked = liveChecked(holding(chunks), { shown: null }, PROMPT);
    expect(await shownBy(checked)).toEqual(["file/terms.pdf"]);
    expect(checked.degraded?.()).toMatch(/left out/);
  });

  it("does not wait beyond its deadline, even for an asker that heeds no signal", async () => {
    const never: LiveAsker = { shown: () => new Promise(() => {}) };
    const checked = liveChecked(holding([chunk(head("order", 1))]), never, { timeoutMs: 20 });
    expect(await shownBy(checked)).toEqual([]);
    expect(checked.degraded?.()).toMatch(/in time/);
  });

  it("ends with the request, whose going is no failure of Odoo", async () => {
    const gone = new AbortController();
    const asker: LiveAsker = {
      shown: (_model, _ids, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new GroundworkError("cancelled", "gone")));
          gone.abort();
        }),
    };
    const checked = liveChecked(holding([chunk(head("order", 1))]), asker, PROMPT);
    await expect(checked.chunks([], FILTER, gone.signal)).rejects.toMatchObject({ code: "cancelled" });
    expect(checked.degraded?.()).toBeNull();
  });
});
