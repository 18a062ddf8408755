import { createHash } from "node:crypto";

export interface ChunkIdentity {
  readonly documentId: string;
  readonly part: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly text: string;
  /** From 0: how many chunks before it in its part are the same in everything else. */
  readonly occurrence: number;
}

/**
 * 24 hexadecimal digits. What is embedded decides it (title and headings are), so that the same id means the same vector; where the
 * chunk lies in its part does not, so that an insertion leaves the ids after it alone.
 */
export function chunkId(identity: ChunkIdentity): string {
  const { documentId, part, title, headings, text, occurrence } = identity;
  return createHash("sha256")
    .update(JSON.stringify([documentId, part, title, headings, text, occurrence]))
    .digest("hex")
    .slice(0, 24);
}
