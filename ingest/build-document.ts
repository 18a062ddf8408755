import { createHash } from "node:crypto";
import type { Document, DocumentPart } from "../infra/document.ts";
import { chunkPart } from "./chunk.ts";
import type { DraftDocument } from "./sources/port.ts";

/** The document as it is stored: with its id and its parts cut into chunks. */
export function buildDocument(source: string, draft: DraftDocument, contentHash: string): Document {
  const id = documentId(source, draft.key);
  const parts: readonly DocumentPart[] = draft.parts
    .filter(({ text }) => text.trim() !== "")
    .map((part) => ({
      key: part.key,
      text: part.text,
      access: part.access,
      facts: part.facts,
      chunks: chunkPart({ documentId: id, title: draft.title, part }),
      ...(part.file === undefined ? {} : { file: part.file }),
    }));
  return {
    id,
    source,
    key: draft.key,
    kind: draft.kind,
    title: draft.title,
    model: draft.model,
    recordId: draft.recordId,
    url: draft.url,
    contentHash,
    metadata: draft.metadata,
    parts,
  };
}

/** Stable for a source and key: 24 hexadecimal digits that say nothing about either. */
export function documentId(source: string, key: string): string {
  return createHash("sha256").update(`${source}\n${key}`).digest("hex").slice(0, 24);
}
