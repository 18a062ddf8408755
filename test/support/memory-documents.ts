import type { ChunkVectorStore } from "../../infra/db/chunk-vector-store.ts";
import type { IngestedDocuments, NewFailure, SourceScope } from "../../infra/db/port.ts";
import { type Chunk, type Document, itemKey } from "../../infra/document.ts";

export interface MemoryDocuments extends IngestedDocuments {
  readonly documents: ReadonlyMap<string, Document>;
  /** Keys in the order in which they were written. */
  readonly writes: string[];
  /** Of one embedder, whichever is named. */
  readonly vectors: ChunkVectorStore;
}

/** What a source has ingested, without a database: one source, the port's promises as far as ingestion leans on them. */
export function memoryDocuments(): MemoryDocuments {
  const documents = new Map<string, Document>();
  const failures = new Map<string, NewFailure>();
  const discarded = new Set<string>();
  const embedded = new Set<string>();
  const changes = new Map<string, { readonly fingerprint: string | null; readonly at: number }>();
  const writes: string[] = [];
  let clock = 0;
  const moment = (): number => (clock += 1);
  const missing = (document: Document) =>
    document.parts.flatMap(({ chunks }) => chunks.filter(({ id }) => !embedded.has(id)));
  const vectors: ChunkVectorStore = {
    unembedded: async (_space, ids) =>
      [...documents.values()].flatMap((document) =>
        ids.includes(document.id)
          ? missing(document).map(({ id, headings, text }) => ({ chunkId: id, title: document.title, headings, text }))
          : [],
      ),
    documentsUnembedded: async (_space, after, limit) =>
      [...documents.values()]
        .filter((document) => document.id > after && missing(document).length > 0)
        .map(({ id }) => id)
        .toSorted()
        .slice(0, limit),
    share: async (_space, ids) => {
      const all = [...documents.values()];
      const known = new Set(
        all.flatMap((document) =>
          document.parts.flatMap(({ chunks }) =>
            chunks.flatMap((chunk) => (embedded.has(chunk.id) ? [textOf(document, chunk)] : [])),
          ),
        ),
      );
      const given = all.flatMap((document) =>
        ids.includes(document.id) ? missing(document).filter((chunk) => known.has(textOf(document, chunk))) : [],
      );
      for (const { id } of given) embedded.add(id);
      return given.length;
    },
    add: async (_space, added) => {
      for (const id of added.keys()) embedded.add(id);
    },
  };
  return {
    documents,
    writes,
    states: async (_source, scope = "all") =>
      new Map(
        [...documents].flatMap(([key, { contentHash }]) => (isWithin(scope, key) ? [[key, { contentHash }]] : [])),
      ),
    models: async () => [...new Set([...documents.values()].map(({ model }) => model))],
    moment: async () => moment(),
    noteChanged: async (_source, items, at) => {
      const news = items.filter(
        ({ key, fingerprint }) => fingerprint === null || changes.get(key)?.fingerprint !== fingerprint,
      );
      for (const { key, fingerprint } of news) changes.set(key, { fingerprint, at });
      return new Set(news.map(({ key }) => key));
    },
    updateAccess: async (_source, changed) => {
      for (const { key, parts: access } of changed) {
        const held = documents.get(key);
        if (held === undefined) continue;
        const newAccess = new Map(access.map((part) => [part.key, part.access]));
        const parts = held.parts.flatMap((part) => {
          const own = newAccess.get(part.key);
          return own === undefined ? [] : [{ ...part, access: own }];
        });
        documents.set(key, { ...held, parts });
      }
    },
    recordsBearing: async (_source, model, attribute, values) =>
      [...documents.values()].flatMap((document) =>
        document.model === model &&
        document.recordId !== null &&
        document.parts.some(({ access }) => access[attribute]?.some((value) => values.some((one) => one === value)))
          ? [document.recordId]
          : [],
      ),
    recordsWithLines: async (_source, lineModel, lineIds) =>
      [...documents.values()].flatMap(({ recordId, parts }) =>
        recordId !== null &&
        parts.some(({ facts }) => facts.some(({ line }) => line?.model === lineModel && lineIds.includes(line.id)))
          ? [recordId]
          : [],
      ),
    write: async (batch, readAt = Number.POSITIVE_INFINITY) => {
      // A database takes its time, so that batches overlap as they do there.
      await new Promise(setImmediate);
      const current = batch.filter(({ key }) => (changes.get(itemKey(key))?.at ?? 0) <= readAt);
      for (const document of current) {
        documents.set(document.key, document);
        failures.delete(document.key);
        writes.push(document.key);
      }
      return new Set(current.map(({ id }) => id));
    },
    twin: async (fileKey) => {
      for (const { parts } of documents.values()) {
        for (const { file, text, chunks, facts } of parts) {
          if (file?.key !== fileKey) continue;
          const spans = chunks.map(({ start, end, page, headings }) => ({ start, end, page, headings }));
          return { text, spans, facts: facts.slice(facts.length - file.facts), origin: file };
        }
      }
      return null;
    },
    vectors,
    remove: async (_source, keys) => {
      for (const key of keys) {
        documents.delete(key);
        failures.delete(key);
      }
    },
    fail: async (failure, { keepEarlier }) => {
      if (!keepEarlier) documents.delete(failure.key);
      failures.set(failure.key, failure);
    },
    failures: async () => [...failures.values()].filter(({ key }) => !discarded.has(key)),
    failed: async (_source, scope = "all") =>
      new Map([...failures].flatMap(([key, { fingerprint }]) => (isWithin(scope, key) ? [[key, fingerprint]] : []))),
    takeFailure: async (_source, key) => {
      const failure = failures.get(key);
      failures.delete(key);
      const held = documents.get(itemKey(key));
      if (failure !== undefined && held !== undefined) documents.set(held.key, { ...held, contentHash: "" });
      return failure === undefined ? null : { work: failure.work };
    },
    discardFailure: async (_source, key) => {
      const isNew = failures.has(key) && !discarded.has(key);
      discarded.add(key);
      return isNew;
    },
    unreadable: async () => [],
    counts: async () => [],
  };
}

function textOf({ title }: Document, { headings, text }: Chunk): string {
  return JSON.stringify([title, headings, text]);
}

function isWithin(scope: SourceScope, key: string): boolean {
  if (scope === "all") return true;
  if ("keys" in scope) return scope.keys.includes(itemKey(key));
  const [model, id] = itemKey(key).split("/");
  const number = Number(id);
  return model === scope.model && number > scope.idAfter && (scope.idUpTo === null || number <= scope.idUpTo);
}
