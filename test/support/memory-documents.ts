import type { IngestedDocuments, IngestionFailure } from "../../infra/db/port.ts";
import type { Document } from "../../infra/document.ts";

export interface MemoryDocuments extends IngestedDocuments {
  readonly documents: ReadonlyMap<string, Document>;
  /** Keys in the order in which they were written. */
  readonly writes: string[];
}

/** What a source has ingested, without a database: one source, the port's promises as far as ingestion leans on them. */
export function memoryDocuments(): MemoryDocuments {
  const documents = new Map<string, Document>();
  const failures = new Map<string, IngestionFailure>();
  const vectors = new Map<string, Map<string, Float32Array>>();
  const writes: string[] = [];
  const drop = (key: string): void => {
    documents.delete(key);
    vectors.delete(key);
  };
  return {
    documents,
    writes,
    states: (_source, keys) => {
      const asked = [...documents].filter(([key]) => keys?.includes(key.split("#", 1)[0] ?? "") !== false);
      return Promise.resolve(new Map(asked.map(([key, { contentHash }]) => [key, { contentHash }])));
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
    write: async (document, held) => {
      // A database takes its time, so that batches overlap as they do there.
      await new Promise(setImmediate);
      const chunks = document.parts.flatMap((part) => part.chunks);
      documents.set(document.key, document);
      vectors.set(document.key, new Map(chunks.flatMap(({ id }) => [[id, held.get(id) ?? new Float32Array()]])));
      failures.delete(document.key);
      writes.push(document.key);
    },
    remove: async (_source, keys) => {
      for (const key of keys) {
        drop(key);
        failures.delete(key);
      }
    },
    fail: async (failure, { keepEarlier }) => {
      if (!keepEarlier) drop(failure.key);
      failures.set(failure.key, failure);
    },
    failures: () => Promise.resolve([...failures.values()]),
    vectors: (ids) => {
      const held = new Map([...vectors.values()].flatMap((one) => [...one]));
      return Promise.resolve(
        new Map(ids.flatMap((id) => (held.has(id) ? [[id, held.get(id) ?? new Float32Array()]] : []))),
      );
    },
    unreadable: () => Promise.resolve([]),
    counts: () => Promise.resolve([]),
  };
}
