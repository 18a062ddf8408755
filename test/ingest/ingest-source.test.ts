import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import { type IngestOptions, ingestSource } from "../../ingest/ingest-source.ts";
import type { DocumentSource, DraftDocument, SourceItem } from "../../ingest/sources/port.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { memoryDocuments } from "../support/memory-documents.ts";
import { silentLog } from "../support/silent-log.ts";

/** A file as these tests see it: its text, what is attached to it, or why it cannot be read. */
type Sketch = string | Error | { readonly text: string; readonly attached: Readonly<Record<string, string | Error>> };

function corpus() {
  const ingested = memoryDocuments();
  const embedder = bagOfWordsEmbedder();
  const files = new Map<string, Sketch>();
  let loads: string[] = [];
  const source: DocumentSource = {
    name: "folder:test",
    count: () => Promise.resolve(files.size),
    // eslint-disable-next-line typescript/require-await -- a source is asynchronous, this one has nothing to wait for
    items: async function* () {
      for (const [key, sketch] of files) yield item(key, sketch, () => loads.push(key));
    },
  };
  return {
    ingested,
    embedder,
    files,
    put: (entries: Readonly<Record<string, Sketch>>) => {
      for (const [key, sketch] of Object.entries(entries)) files.set(key, sketch);
    },
    ingest: (options: IngestOptions = {}) => {
      loads = [];
      return ingestSource(source, { ingested, embedder, log: silentLog }, options);
    },
    loads: () => loads,
    failures: async () =>
      Object.fromEntries((await ingested.failures()).map(({ key, code, reason }) => [key, `${code}: ${reason}`])),
    texts: () =>
      Object.fromEntries(
        [...ingested.documents].map(([key, { parts }]) => [key, parts.map((part) => part.text).join()]),
      ),
  };
}

function item(key: string, sketch: Sketch, onLoad: () => void): SourceItem {
  return {
    key,
    fingerprint: sketch instanceof Error ? `broken ${sketch.message}` : JSON.stringify(sketch),
    load: () => {
      onLoad();
      if (sketch instanceof Error) return Promise.reject(sketch);
      const { text, attached } = typeof sketch === "string" ? { text: sketch, attached: {} } : sketch;
      const documents = [draft(key, text)];
      const failures: { key: string; error: unknown }[] = [];
      for (const [name, content] of Object.entries(attached)) {
        if (content instanceof Error) failures.push({ key: `${key}#${name}`, error: content });
        else documents.push(draft(`${key}#${name}`, content));
      }
      return Promise.resolve({ documents, failures });
    },
  };
}

function draft(key: string, text: string): DraftDocument {
  const blocks = [{ kind: "paragraph" as const, start: 0, end: text.length, page: null }];
  const parts = [{ key: "main", text, blocks, access: { model: ["file"] }, facts: [] }];
  return { key, kind: "document", title: key, model: "file", recordId: null, url: null, metadata: {}, parts };
}

const unreadable = (reason: string) => new GroundworkError("unreadable-file", reason);
/** So many that every document is a batch of its own. */
const LONG = Array.from({ length: 70 }, (_, at) => `Sentence ${at} of a long text. ${"word ".repeat(170)}`).join("\n");

describe("bringing a source up to date", () => {
  it("writes what is new, then touches nothing that stayed as it was", async () => {
    const { put, ingest, loads, ingested } = corpus();
    put({ "a.md": "alpha", "b.md": "beta" });
    expect(await ingest()).toMatchObject({ seen: 2, written: 2, unchanged: 0, removed: 0, failed: 0 });
    expect(await ingest()).toMatchObject({ seen: 2, written: 0, unchanged: 2, removed: 0, failed: 0 });
    expect(loads()).toEqual([]);
    expect(ingested.writes.toSorted()).toEqual(["a.md", "b.md"]);
  });

  it("rewrites what changed and removes what the source no longer lists", async () => {
    const { put, ingest, files, texts } = corpus();
    put({ "a.md": "alpha", "b.md": "beta", "c.md": "gamma" });
    await ingest();
    put({ "a.md": "alpha, new" });
    files.delete("b.md");
    expect(await ingest()).toMatchObject({ written: 1, unchanged: 1, removed: 1 });
    expect(texts()).toEqual({ "a.md": "alpha, new", "c.md": "gamma" });
  });

  it("embeds no chunk again that is stored already", async () => {
    const { put, ingest, embedder, ingested } = corpus();
    put({ "a.md": LONG });
    await ingest();
    const before = embedder.seen.length;
    put({ "a.md": `${LONG}\nOne sentence more.` });
    await ingest();
    expect(before).toBeGreaterThan(50);
    expect(embedder.seen.length - before).toBeLessThanOrEqual(2);
    const chunks = ingested.documents.get("a.md")?.parts.flatMap((part) => part.chunks) ?? [];
    expect((await ingested.vectors(chunks.map(({ id }) => id))).size).toBe(chunks.length);
  });
});

describe("documents attached to an item", () => {
  it("stay while the item is unchanged and go with it", async () => {
    const { put, ingest, files, texts } = corpus();
    put({ "mail.eml": { text: "see attached", attached: { "1-terms.txt": "net 30", "2-list.txt": "prices" } } });
    expect(await ingest()).toMatchObject({ seen: 1, written: 1 });
    expect(Object.keys(texts()).toSorted()).toEqual(["mail.eml", "mail.eml#1-terms.txt", "mail.eml#2-list.txt"]);
    expect(await ingest()).toMatchObject({ unchanged: 1, removed: 0 });
    put({ "mail.eml": { text: "see attached", attached: { "1-terms.txt": "net 45" } } });
    expect(await ingest()).toMatchObject({ written: 1, removed: 1 });
    expect(texts()).toEqual({ "mail.eml": "see attached", "mail.eml#1-terms.txt": "net 45" });
    files.delete("mail.eml");
    expect(await ingest()).toMatchObject({ removed: 2 });
    expect(texts()).toEqual({});
  });

  it("are written before the item's own document, which marks it as done", async () => {
    const { put, ingest, ingested } = corpus();
    put({ "mail.eml": { text: "see attached", attached: { "1-terms.txt": "net 30" } } });
    await ingest();
    expect(ingested.writes).toEqual(["mail.eml#1-terms.txt", "mail.eml"]);
  });

  it("that cannot be read are recorded, stay recorded while the item is unchanged, and cost the rest nothing", async () => {
    const { put, ingest, texts, failures } = corpus();
    put({ "mail.eml": { text: "see", attached: { "1-a.pdf": unreadable("It is damaged."), "2-b.txt": "fine" } } });
    expect(await ingest()).toMatchObject({ written: 1, failed: 1 });
    expect(Object.keys(texts()).toSorted()).toEqual(["mail.eml", "mail.eml#2-b.txt"]);
    const recorded = { "mail.eml#1-a.pdf": "unreadable-file: It is damaged." };
    expect(await failures()).toEqual(recorded);
    await ingest();
    expect(await failures()).toEqual(recorded);
    put({ "mail.eml": { text: "see", attached: { "2-b.txt": "fine" } } });
    await ingest();
    expect(await failures()).toEqual({});
  });
});

describe("an item that cannot be ingested", () => {
  it("is recorded with its reason, and the rest goes on", async () => {
    const { put, ingest, texts, failures } = corpus();
    put({
      "a.pdf": unreadable("The file is damaged."),
      "b.md": new PermissionError("unknown-group", "The policy has no group named x."),
      "c.md": "gamma",
      "d.md": new GroundworkError("odoo-refused", "Odoo has no attachment 9, or does not show it."),
    });
    expect(await ingest()).toMatchObject({ seen: 4, written: 1, failed: 3 });
    expect(texts()).toEqual({ "c.md": "gamma" });
    expect(await failures()).toEqual({
      "a.pdf": "unreadable-file: The file is damaged.",
      "b.md": "unknown-group: The policy has no group named x.",
      "d.md": "odoo-refused: Odoo has no attachment 9, or does not show it.",
    });
  });

  it("takes its earlier text with it, attachments included, for nobody knows who may still read it", async () => {
    const { put, ingest, texts } = corpus();
    put({ "mail.eml": { text: "see", attached: { "1-a.txt": "text" } } });
    await ingest();
    put({ "mail.eml": unreadable("It is damaged.") });
    await ingest();
    expect(texts()).toEqual({});
  });

  it("is tried again at every run, and its failure goes when it succeeds", async () => {
    const { put, ingest, failures } = corpus();
    put({ "a.md": unreadable("It is damaged.") });
    await ingest();
    await ingest();
    expect(await failures()).toEqual({ "a.md": "unreadable-file: It is damaged." });
    put({ "a.md": "mended" });
    expect(await ingest()).toMatchObject({ written: 1, failed: 0 });
    expect(await failures()).toEqual({});
  });

  it("is forgotten when the source no longer lists it", async () => {
    const { put, ingest, files, failures } = corpus();
    put({ "a.md": unreadable("It is damaged."), "b.md": "beta" });
    await ingest();
    files.delete("a.md");
    await ingest();
    expect(await failures()).toEqual({});
  });

  it("is counted as failed, not as removed", async () => {
    const { put, ingest } = corpus();
    put({ "a.md": "alpha" });
    await ingest();
    put({ "a.md": unreadable("It is damaged.") });
    expect(await ingest()).toMatchObject({ failed: 1, removed: 0 });
  });
});

describe("a run that ends early", () => {
  it("ends with the embedder's failure, also when it comes while other items are being read", async () => {
    for (const count of [1, 3, 6]) {
      const { put, ingest, embedder } = corpus();
      put(Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.md`, LONG])));
      put({ "last.md": "short" });
      embedder.down = true;
      await expect(ingest()).rejects.toMatchObject({ code: "model-unavailable" });
    }
  });

  it("keeps what was written, and the next run does what is left", async () => {
    const { put, ingest, embedder, ingested, loads } = corpus();
    const names = ["0.md", "1.md", "2.md", "3.md", "4.md", "5.md"];
    put(Object.fromEntries(names.map((name) => [name, `${name} ${LONG}`])));
    const onProgress = ({ written }: { written: number }): void => {
      if (written === 2) embedder.down = true;
    };
    await expect(ingest({ onProgress })).rejects.toMatchObject({ code: "model-unavailable" });
    const kept = [...ingested.documents.keys()];
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(kept.length).toBeLessThan(names.length);
    embedder.down = false;
    expect(await ingest()).toMatchObject({ unchanged: kept.length, written: names.length - kept.length, removed: 0 });
    expect(loads()).toEqual(names.filter((name) => !kept.includes(name)));
  });

  it("removes nothing, for the source was not listed to its end", async () => {
    const { put, ingest, files, embedder, texts } = corpus();
    put({ "a.md": "alpha" });
    await ingest();
    files.clear();
    put({ "b.md": LONG, "c.md": LONG });
    embedder.down = true;
    await expect(ingest()).rejects.toThrow(GroundworkError);
    expect(texts()).toEqual({ "a.md": "alpha" });
  });

  it("is over when it says so: nothing is written afterwards", async () => {
    const { put, ingest, ingested } = corpus();
    const abort = new AbortController();
    put(Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`${at}.md`, `${at} ${LONG}`])));
    const onProgress = ({ written }: { written: number }): void => {
      if (written === 1) abort.abort();
    };
    await expect(ingest({ signal: abort.signal, onProgress })).rejects.toMatchObject({ code: "cancelled" });
    const written = ingested.writes.length;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    expect(ingested.writes.length).toBe(written);
    expect(written).toBeLessThan(8);
  });

  it("is cancelled before it reads anything when the signal says so", async () => {
    const { put, ingest, loads } = corpus();
    put({ "a.md": "alpha" });
    await expect(ingest({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    expect(loads()).toEqual([]);
  });

  it("does not take a fault of its own for a fault of the item", async () => {
    const { put, ingest, failures } = corpus();
    put({ "a.md": new GroundworkError("odoo-unavailable", "Odoo does not answer.") });
    await expect(ingest()).rejects.toMatchObject({ code: "odoo-unavailable" });
    expect(await failures()).toEqual({});
  });
});
