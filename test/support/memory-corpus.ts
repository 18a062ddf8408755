import type { ChunkIndex } from "../../infra/chunk-index/port.ts";
import { terms } from "../../infra/chunk-index/terms.ts";
import type { DocumentHead, PartSelection, ReadableDocuments } from "../../infra/db/port.ts";
import type { Document, DocumentPart } from "../../infra/document.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import type { SearchTools } from "../../retrieval/search.ts";
import { type BagOfWordsEmbedder, bagOfWordsEmbedder } from "./bag-of-words-embedder.ts";
import { oneEmbedder } from "./one-embedder.ts";
import { silentLog } from "./silent-log.ts";
import { RECHECKED } from "./recheck.ts";

export interface MemoryCorpus extends SearchTools {
  readonly embedder: BagOfWordsEmbedder;
}

interface Held {
  readonly document: Document;
  readonly part: DocumentPart;
}

/** A corpus without a database: reading and searching with the ports' promises about access, and a plain idea of relevance. */
export function memoryCorpus(documents: readonly Document[]): MemoryCorpus {
  const held = documents.flatMap((document) => document.parts.map((part) => ({ document, part })));
  const embedder = bagOfWordsEmbedder(1024);
  return {
    embedder,
    embedders: oneEmbedder(embedder),
    log: silentLog,
    readable: readable(held),
    index: index(held, embedder),
  };
}

function readable(held: readonly Held[]): ReadableDocuments {
  return {
    chunks: (ids, filter) => {
      const found = new Map(
        admitted(held, filter).flatMap(({ document, part }) =>
          part.chunks.map(({ id, ...chunk }) => [
            id,
            { ...chunk, chunkId: id, document: head(document), part: part.key, recheck: RECHECKED },
          ]),
        ),
      );
      return Promise.resolve(ids.flatMap((id) => found.get(id) ?? []));
    },
    parts: (selection, filter) =>
      Promise.resolve(
        admitted(held, filter)
          .filter(({ document }) => selects(selection, document, admitted(held, filter)))
          .toSorted((a, b) => (`${a.document.key} ${a.part.key}` < `${b.document.key} ${b.part.key}` ? -1 : 1))
          .slice(0, selection.limit)
          .map(({ document, part }) => ({
            document: head(document),
            part: part.key,
            text: part.text,
            facts: part.facts,
            spans: part.chunks.map(({ start, end, page, headings }) => ({ start, end, page, headings })),
            recheck: RECHECKED,
          })),
      ),
  };
}

function index(held: readonly Held[], embedder: BagOfWordsEmbedder): ChunkIndex {
  return {
    search: async ({ text, vector, selection, limit }, filter) => {
      const chunks = admitted(held, filter)
        .filter(({ document }) => selection?.documentIds?.includes(document.id) !== false)
        .flatMap(({ document, part }) =>
          part.chunks.map((chunk) => ({
            id: chunk.id,
            text: [document.title, ...chunk.headings, chunk.text].join("\n"),
          })),
        );
      const wanted = new Set(terms(text));
      const keyword = chunks
        .map((chunk) => ({
          chunkId: chunk.id,
          score: new Set(terms(chunk.text).filter((term) => wanted.has(term))).size,
        }))
        .filter(({ score }) => score > 0);
      if (vector === null) return { keyword: best(keyword, limit), vector: [] };
      const vectors = await embedder.embed(chunks.map((chunk) => chunk.text));
      const near = chunks.map((chunk, at) => ({ chunkId: chunk.id, score: cosine(vector.values, vectors[at]) }));
      return { keyword: best(keyword, limit), vector: best(near, limit) };
    },
  };
}

function admitted(held: readonly Held[], filter: AccessFilter): readonly Held[] {
  return held.filter(({ part }) => evaluateAccess(filter, part.access));
}

function selects(selection: PartSelection, document: Document, visible: readonly Held[]): boolean {
  const { documentIds, model, recordIds, kind, title, facts = [] } = selection;
  const stated = visible.filter((one) => one.document.id === document.id).flatMap(({ part }) => part.facts);
  return (
    documentIds?.includes(document.id) !== false &&
    (model === undefined || document.model === model) &&
    (recordIds === undefined || recordIds.some((id) => id === document.recordId)) &&
    (kind === undefined || document.kind === kind) &&
    (title === undefined || document.title === title) &&
    facts.every(({ name, value }) => stated.some((fact) => fact.name === name && fact.value === value))
  );
}

function head({ id, source, key, kind, title, model, recordId, url, metadata }: Document): DocumentHead {
  return { documentId: id, source, key, kind, title, model, recordId, url, metadata };
}

function best<Item extends { readonly score: number }>(items: readonly Item[], limit: number): readonly Item[] {
  return items.toSorted((a, b) => b.score - a.score).slice(0, limit);
}

function cosine(a: Float32Array, b: Float32Array | undefined): number {
  return a.reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0);
}
