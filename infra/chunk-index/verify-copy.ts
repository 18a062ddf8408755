import type { CopiedDocuments } from "../db/copied-documents.ts";
import type { ChunkCopy } from "./chunk-copy.ts";

/** How an index outside the database differs from it. What waits in the outbox is among the differences. */
export interface CopyDifferences {
  readonly compared: number;
  /** In the database and not in the index. */
  readonly missing: number;
  /** In the index and not in the database. */
  readonly surplus: number;
  /** Under another set of access attributes than the database holds. */
  readonly otherAccess: number;
  /** Vectors in the index less those in the database. */
  readonly vectors: number;
  /** Some of the chunks that differ. */
  readonly examples: readonly string[];
}

const EXAMPLES = 10;

/** Holds every chunk of the one against the other. About 100 bytes of memory a chunk. Errors: `index`, `database`. */
export async function verifyCopy(copy: ChunkCopy, documents: CopiedDocuments): Promise<CopyDifferences> {
  const expected = new Map<string, number>();
  for await (const page of documents.entries()) {
    for (const { chunkId, accessId } of page) expected.set(chunkId, accessId);
  }
  const compared = expected.size;
  const examples: string[] = [];
  let [surplus, otherAccess] = [0, 0];
  for await (const page of copy.entries()) {
    for (const { chunkId, accessId } of page) {
      const held = expected.get(chunkId);
      if (held === accessId) expected.delete(chunkId);
      else if (examples.length < EXAMPLES) examples.push(chunkId);
      if (held === undefined) surplus++;
      else if (held !== accessId) {
        otherAccess++;
        expected.delete(chunkId);
      }
    }
  }
  const [{ vectors }, held] = [await copy.state(), await documents.counts()];
  return {
    compared,
    missing: expected.size,
    surplus,
    otherAccess,
    vectors: vectors - held.vectors,
    examples: [...examples, ...expected.keys()].slice(0, EXAMPLES),
  };
}
