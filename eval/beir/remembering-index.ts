import { createHash } from "node:crypto";
import type { Candidates, ChunkIndex } from "../../infra/chunk-index/port.ts";

/**
 * Asks the index inside once for what is asked again word for word: rows of switches that agree on a search share it. For one reader and an
 * index that does not change meanwhile; nothing is forgotten.
 */
export function rememberingIndex(inner: ChunkIndex): ChunkIndex {
  const answers = new Map<string, Promise<Candidates>>();
  return {
    search(query, filter, signal) {
      const { vector, ...rest } = query;
      const key = JSON.stringify([rest, vector === null ? null : [vector.space.id, digest(vector.values)]]);
      const answer = answers.get(key) ?? inner.search(query, filter, signal);
      answers.set(key, answer);
      return answer;
    },
  };
}

function digest(vector: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
    .digest("hex");
}
