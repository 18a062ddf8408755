import type { Document, DocumentMetadata } from "../../infra/document.ts";
import { buildDocument } from "../../ingest/build-document.ts";
import { TextBuilder } from "../../ingest/parsers/text-builder.ts";

export interface FileSketch {
  readonly key: string;
  readonly title?: string;
  readonly kind?: string;
  /** Paragraphs; one that begins with `# ` is a heading. */
  readonly text: readonly string[];
  readonly readers?: readonly string[];
  readonly metadata?: DocumentMetadata;
}

/** A file as ingestion would have it; readable by everybody unless it says by whom. */
export function file({
  key,
  title = key,
  kind = "document",
  text,
  readers = ["public"],
  metadata = {},
}: FileSketch): Document {
  const builder = new TextBuilder();
  for (const line of text) {
    if (line.startsWith("# ")) builder.add("heading", line.slice(2), { level: 1 });
    else builder.add("paragraph", line);
  }
  const built = builder.build();
  const access = { model: ["file"], readers, companies: [], from: [], until: [] };
  const parts = [{ key: "main", text: built.text, blocks: built.blocks, access, facts: [] }];
  return buildDocument(
    "folder:test",
    { key, kind, title, model: "file", recordId: null, url: null, metadata, parts },
    key,
  );
}
