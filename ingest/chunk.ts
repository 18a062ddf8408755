import type { Chunk } from "../infra/document.ts";
import { chunkId } from "./chunk-id.ts";
import { startsClause } from "./clause-number.ts";
import { cutLongText } from "./cut-long-text.ts";
import type { Block } from "./parsers/port.ts";

/** Where a chunk lies: `text.slice(start, end)` is its text, trimmed. */
export interface ChunkSpan {
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  readonly headings: readonly string[];
}

export interface StructuredText {
  readonly text: string;
  /** In order, not overlapping, trimmed; what lies between them is white space. */
  readonly blocks: readonly Block[];
}

/** Text that says how it is cut: by its structure, or as it was before. */
export type CutText = StructuredText | { readonly text: string; readonly spans: readonly ChunkSpan[] };

/** Characters: about 200 tokens of English, so that a chunk with its titles fits the 256 tokens of small embedding models. */
const TARGET_CHARACTERS = 900;
/** Characters: the most that a chunk holds, reached only to keep a numbered clause whole. */
export const MAXIMUM_CHARACTERS = 1200;
/** Characters: what stands before a clause stays with it when shorter than this. */
const SHORT = 80;
const LONGEST_HEADING = 200;

interface OpenChunk {
  readonly start: number;
  end: number;
  readonly page: number | null;
  headings: readonly string[];
  readonly isClause: boolean;
  readonly header: string | undefined;
  /** Characters besides headings. */
  body: number;
}

/**
 * Cuts text along its structure: a chunk lies in one section on one page; a numbered clause begins a chunk and stays whole up to
 * `MAXIMUM_CHARACTERS`; rows under a table header have it as innermost heading. Pure, and linear in the text.
 */
export function chunkBlocks(source: StructuredText): ChunkSpan[] {
  const chunks: ChunkSpan[] = [];
  const path: { level: number; title: string }[] = [];
  let headings: readonly string[] = [];
  let open: OpenChunk | null = null;

  const flush = (): void => {
    if (open !== null) chunks.push({ start: open.start, end: open.end, page: open.page, headings: open.headings });
    open = null;
  };

  for (const block of source.blocks) {
    const isHeading = block.kind === "heading";
    if (isHeading) {
      enterSection(path, block.level ?? 1, source.text.slice(block.start, block.end));
      headings = path.map(({ title }) => title);
    }
    const isClause = !isHeading && startsClause(source.text.slice(block.start, Math.min(block.end, block.start + 60)));
    const longest = isClause ? MAXIMUM_CHARACTERS : TARGET_CHARACTERS;
    const above =
      block.header === undefined ? headings : [...headings, block.header.slice(0, LONGEST_HEADING).toWellFormed()];
    for (const span of block.end - block.start <= longest
      ? [block]
      : cutLongText(source.text, block, TARGET_CHARACTERS)) {
      const piece = {
        start: span.start,
        end: span.end,
        page: block.page,
        isHeading,
        isClause: isClause && span.start === block.start,
        header: block.header,
      };
      if (open !== null && !joins(open, piece)) flush();
      open ??= {
        start: piece.start,
        end: piece.end,
        page: piece.page,
        headings: above,
        isClause: piece.isClause,
        header: piece.header,
        body: 0,
      };
      const grown: OpenChunk = open;
      open = {
        ...grown,
        end: piece.end,
        headings: grown.body === 0 ? above : grown.headings,
        isClause: grown.isClause || piece.isClause,
        header: grown.body === 0 ? piece.header : grown.header,
        body: grown.body + (isHeading ? 0 : piece.end - piece.start),
      };
    }
  }
  flush();
  return chunks;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  readonly isHeading: boolean;
  readonly isClause: boolean;
  readonly header: string | undefined;
}

function joins(open: OpenChunk, piece: Piece): boolean {
  if (open.page !== piece.page) return false;
  if (open.body > 0) {
    if (piece.isHeading || open.header !== piece.header) return false;
    if (piece.isClause && open.body >= SHORT) return false;
  }
  return piece.end - open.start <= (open.isClause || piece.isClause ? MAXIMUM_CHARACTERS : TARGET_CHARACTERS);
}

function enterSection(path: { level: number; title: string }[], level: number, text: string): void {
  while ((path.at(-1)?.level ?? 0) >= level) path.pop();
  path.push({ level, title: text.replace(/\s+/gu, " ").slice(0, LONGEST_HEADING).toWellFormed() });
}

export interface PartToChunk {
  readonly documentId: string;
  readonly title: string;
  readonly part: CutText & { readonly key: string };
}

/** The chunks of a document's part, with their ids. */
export function chunkPart({ documentId, title, part }: PartToChunk): Chunk[] {
  const seen = new Map<string, number>();
  const spans = "spans" in part ? part.spans : chunkBlocks(part);
  return spans.map((span) => {
    const text = part.text.slice(span.start, span.end);
    const key = JSON.stringify([span.headings, text]);
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    const id = chunkId({ documentId, part: part.key, title, headings: span.headings, text, occurrence });
    return { id, start: span.start, end: span.end, page: span.page, headings: span.headings, text };
  });
}
