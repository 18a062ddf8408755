import { createHash } from "node:crypto";

import type { Schemas } from "@qdrant/js-client-rest";

import type { VectorSpace } from "../db/vector-spaces.ts";
import type { CopiedChunk, CopiedDocument } from "./chunk-copy.ts";
import { B, K1 } from "./keyword-list.ts";
import { SAMPLING } from "./keyword-sample.ts";
import { denseName, SPARSE } from "./qdrant-collection.ts";

/**
 * What length is held against. BM25 takes the corpus's average; a weight that is stored with the chunk cannot use the average of what one
 * reader may see, and the average of everything would let hidden documents move scores. Chunks are cut to about one size, so a constant
 * of that size does: terms of a chunk, after stop words. It is the average of cranfield, where scores are therefore Postgres's; the sample's
 * records have 68, its files 34.
 */
const USUAL_LENGTH = 70;

/** The points of a document, with their vectors in these spaces. Their ids follow from the chunk's, so that writing twice leaves one. */
export function documentPoints(document: CopiedDocument, spaces: readonly VectorSpace[]): Schemas["PointStruct"][] {
  return document.chunks.map((chunk) => ({
    id: pointId(chunk.chunkId),
    vector: {
      ...(chunk.terms.length === 0 ? {} : { [SPARSE]: termWeights(chunk) }),
      ...denseVectors(chunk, spaces),
    },
    payload: {
      chunk_id: chunk.chunkId,
      access_id: chunk.accessId,
      document_id: document.documentId,
      model: document.model,
      source: document.source,
      kind: document.kind,
      labels: document.labels,
      ...(document.recordId === null ? {} : { record_id: document.recordId }),
      samples: samplesOf(chunk.chunkId),
      days: document.days.map(({ day, accessId }) => ({ day: dayNumber(day), access_id: accessId })),
    },
  }));
}

/** A UUID made from the id's SHA-256: Qdrant takes numbers and UUIDs only. */
export function pointId(chunkId: string): string {
  const hex = createHash("sha256").update(chunkId).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The rates of the samples that the chunk is in, by a hash of its id: one chunk in 16, one in 64. */
function samplesOf(chunkId: string): readonly number[] {
  const hash = createHash("sha256").update(chunkId).digest().readUInt32BE();
  return SAMPLING.rates.filter((rate) => hash % rate === 0);
}

/** An ISO day as a number that compares as the day does: 20261122. */
export function dayNumber(day: string): number {
  return Number(day.replaceAll("-", ""));
}

/** Qdrant numbers the dimensions of sparse vectors without a sign; ours are signed, as Postgres' integers are. */
export function unsigned(term: number): number {
  return term >>> 0;
}

function denseVectors({ vectors }: CopiedChunk, spaces: readonly VectorSpace[]): Record<string, number[]> {
  const held = spaces.map(({ id }) => [denseName(id), vectors[id]] as const);
  return Object.fromEntries(held.flatMap(([name, vector]) => (vector === undefined ? [] : [[name, [...vector]]])));
}

/** The part of BM25 that a chunk decides on its own; the other part, how rare a term is, comes with the query. */
function termWeights({ terms, frequencies, length }: CopiedChunk): { indices: number[]; values: number[] } {
  const saturation = K1 * (1 - B + (B * length) / USUAL_LENGTH);
  return {
    indices: terms.map(unsigned),
    values: terms.map((_, position) => {
      const frequency = frequencies[position] ?? 0;
      return (frequency * (K1 + 1)) / (frequency + saturation);
    }),
  };
}
