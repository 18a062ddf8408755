import type { ChunkCopy, CopiedDocument } from "../../infra/chunk-index/chunk-copy.ts";
import { GroundworkError } from "../../infra/errors.ts";

/** The written side of an index, held in memory. What is refused or down is decided by the test. */
export interface MemoryChunkCopy extends ChunkCopy {
  readonly held: ReadonlyMap<string, CopiedDocument>;
  isDown: boolean;
  refused: string | null;
  rebuilds: number;
  lose(): void;
}

export function memoryChunkCopy(name = "test"): MemoryChunkCopy {
  let held: Map<string, CopiedDocument> | null = null;
  const answering = () => {
    if (copy.isDown) throw new GroundworkError("index", "down", { retryable: true });
  };
  const copy: MemoryChunkCopy = {
    name,
    isDown: false,
    refused: null,
    rebuilds: 0,
    get held() {
      return held ?? new Map();
    },
    lose() {
      held = null;
    },
    async fitness() {
      answering();
      return held === null ? "unusable" : "whole";
    },
    async replace(documents) {
      answering();
      if (documents.some(({ documentId }) => documentId === copy.refused)) {
        throw new GroundworkError("index", "refused");
      }
      put((held ??= new Map()), documents);
    },
    async rebuild(documents) {
      answering();
      const made = new Map<string, CopiedDocument>();
      for await (const page of documents) put(made, page);
      held = made;
      copy.rebuilds++;
      return made.size;
    },
    async *entries() {
      for (const { chunks } of copy.held.values()) {
        yield chunks.map(({ chunkId, accessId }) => ({ chunkId, accessId }));
      }
    },
    async state() {
      const chunks = [...copy.held.values()].flatMap((document) => document.chunks);
      const embedded = chunks.filter(({ vectors }) => 1 in vectors);
      return { collection: name, health: "green", chunks: chunks.length, vectors: embedded.length };
    },
    async remove() {
      held = null;
    },
  };
  return copy;
}

function put(into: Map<string, CopiedDocument>, documents: readonly CopiedDocument[]): void {
  for (const document of documents) {
    if (document.chunks.length === 0) into.delete(document.documentId);
    else into.set(document.documentId, document);
  }
}
