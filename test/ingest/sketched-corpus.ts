import { type IngestOptions, type IngestTools, ingestSource } from "../../ingest/ingest-source.ts";
import type { DocumentSource, DraftDocument, SourceItem } from "../../ingest/sources/port.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { embeddedAtOnce } from "../support/embedded-at-once.ts";
import { memoryDocuments } from "../support/memory-documents.ts";

/** A file as these tests see it: its text, what is attached to it, or why it cannot be read. */
type Sketch = string | Error | { readonly text: string; readonly attached: Readonly<Record<string, string | Error>> };

/** A source of sketched files over a database in memory. */
export function sketchedCorpus(slow: readonly string[] = []) {
  const ingested = memoryDocuments();
  const embedder = bagOfWordsEmbedder();
  const files = new Map<string, Sketch>();
  let loads: string[] = [];
  const source: DocumentSource = {
    name: "folder:test",
    sections: async () => [{ scope: "all", size: files.size }],
    // eslint-disable-next-line typescript/require-await -- a source is asynchronous, this one has nothing to wait for
    items: async function* (scope = "all") {
      for (const [key, sketch] of files) {
        if (typeof scope === "object" && "keys" in scope && !scope.keys.includes(key)) continue;
        const sketched = item(key, sketch, () => loads.push(key));
        const access = [{ key: "main", access: { model: ["file"], readers: ["put off"] } }];
        yield slow.includes(key) ? { ...sketched, access, isSlow: true } : sketched;
      }
    },
  };
  return {
    ingested,
    embedder,
    files,
    put: (entries: Readonly<Record<string, Sketch>>) => {
      for (const [key, sketch] of Object.entries(entries)) files.set(key, sketch);
    },
    ingest: (options: IngestOptions = {}, tools: Partial<IngestTools> = {}) => {
      loads = [];
      return ingestSource(
        source,
        { ...embeddedAtOnce({ ingested, vectors: ingested.vectors, embedder }), ...tools },
        options,
      );
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

/** So many that every document is a batch of its own. */
export const LONG = Array.from(
  { length: 220 },
  (_, at) => `Sentence ${at} of a long text. ${"word ".repeat(170)}`,
).join("\n");
