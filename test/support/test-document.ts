import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { Database } from "../../infra/db/port.ts";
import type { ChunkVectors, Document, DocumentPart, Fact } from "../../infra/document.ts";
import { firstSpace } from "./one-embedder.ts";

export interface PartSketch {
  readonly key?: string;
  /** The texts of the chunks; the part's text is these, a line each. */
  readonly chunks: readonly string[];
  readonly access: AccessAttributes;
  readonly facts?: readonly Fact[];
}

/** A document of which a test states only what it is about. */
export function testDocument(
  id: string,
  parts: readonly PartSketch[],
  overrides: Partial<Omit<Document, "id" | "parts">> = {},
): Document {
  return {
    id,
    source: "odoo:test",
    key: id,
    kind: "purchase order",
    title: "Untitled",
    model: "purchase.order",
    recordId: null,
    url: null,
    contentHash: `hash of ${id}`,
    metadata: {},
    ...overrides,
    parts: parts.map((sketch) => part(id, sketch)),
  };
}

function part(documentId: string, { key = "main", chunks, access, facts = [] }: PartSketch): DocumentPart {
  const text = chunks.join("\n");
  let start = 0;
  return {
    key,
    text,
    access,
    facts,
    chunks: chunks.map((chunkText, position) => {
      const chunk = {
        id: `${documentId}/${key}/${position}`,
        start,
        end: start + chunkText.length,
        page: null,
        headings: [],
        text: chunkText,
      };
      start = chunk.end + 1;
      return chunk;
    }),
  };
}

export function fact(name: string, value: Fact["value"]): Fact {
  return { name, label: name, value, display: String(value), start: 0, end: 1 };
}

/** A vector of length one in the direction of these numbers. */
export function unit(...numbers: readonly number[]): Float32Array {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (number) => number / length);
}

export const NO_VECTORS: ChunkVectors = new Map();

/** Writes a document with the vectors of its chunks. */
export async function writeEmbedded(
  { ingested, vectors: store }: Pick<Database, "ingested" | "vectors">,
  document: Document,
  vectors: ChunkVectors,
): Promise<void> {
  await ingested.write([document]);
  const [first] = vectors.values();
  if (first !== undefined) await store.add(firstSpace(first.length), vectors);
}
