import { describe, expect, it } from "vitest";
import type { Hit } from "../../retrieval/search.ts";
import { spreadOverDocuments } from "../../retrieval/spread-over-documents.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const anyHit = (key: string) => hitsOf([file({ key, text: ["text"] })])[0];

/** Hits of one document with these scores. */
function hitsIn(key: string, ...scores: readonly number[]): readonly Hit[] {
  const hit = anyHit(key);
  if (hit === undefined) return [];
  return scores.map((score, position) => ({ chunk: { ...hit.chunk, chunkId: `${key}/${position}` }, score }));
}

describe("hits spread over documents", () => {
  it("let another document pass what follows the third hit of one, when it fits nearly as well", () => {
    const hits = [...hitsIn("long.md", 0.8, 0.8, 0.8, 0.8, 0.8), ...hitsIn("other.md", 0.75)];
    const keys = spreadOverDocuments(hits).map(({ chunk }) => chunk.document.key);
    expect(keys).toEqual(["long.md", "long.md", "long.md", "other.md", "long.md", "long.md"]);
  });

  it("leave nothing out, and leave a document that is alone in its order", () => {
    const hits = hitsIn("long.md", 0.9, 0.89, 0.88, 0.87, 0.86, 0.85);
    expect(spreadOverDocuments(hits).map(({ chunk }) => chunk.chunkId)).toEqual(hits.map(({ chunk }) => chunk.chunkId));
  });
});
