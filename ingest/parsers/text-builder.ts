import { GroundworkError } from "../../infra/errors.ts";
import { normaliseText, singleLine } from "./normalise-text.ts";
import type { Block, BlockKind, ParsedAttachment, ParsedFile, StatedFact } from "./port.ts";

/** Characters. A file with more text than this is a data set, no document. */
const MAXIMUM_TEXT = 10_000_000;

export interface BlockDetails {
  readonly level?: number;
  readonly page?: number | null;
  readonly header?: string | undefined;
}

export interface FileDetails {
  readonly title?: string | undefined;
  readonly kind?: string | undefined;
  readonly facts?: readonly StatedFact[];
  readonly frontMatter?: unknown;
  readonly attachments?: readonly ParsedAttachment[];
  readonly pages?: number | null;
  readonly usedOcr?: boolean;
  readonly warnings?: readonly string[];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Writes text block by block, so that every parser keeps the promises of `ParsedFile` by construction. */
export class TextBuilder {
  readonly #pieces: string[] = [];
  readonly #blocks: Block[] = [];
  #length = 0;

  /** Returns where the text went. Blank text adds nothing. White space collapses, but code keeps its lines. Error: `parser-limit` beyond `MAXIMUM_TEXT`. */
  add(kind: BlockKind, raw: string, details: BlockDetails = {}): Span | null {
    return this.#append(kind, kind === "code" ? normaliseText(raw).trim() : singleLine(raw), details);
  }

  /** Like `add`, but line breaks are kept: for text whose lines mean something. */
  addLines(kind: BlockKind, raw: string, details: BlockDetails = {}): void {
    const lines = normaliseText(raw).split("\n");
    this.#append(
      kind,
      lines
        .map((line) => line.trimEnd())
        .join("\n")
        .trim(),
      details,
    );
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Error: `empty-file` when no block was added. */
  build(details: FileDetails = {}): ParsedFile {
    if (this.isEmpty) {
      throw new GroundworkError(
        "empty-file",
        "The file holds no readable text. If it should, check that it opens and shows text, then upload it again.",
      );
    }
    const title = details.title === undefined ? "" : singleLine(details.title).slice(0, 300).toWellFormed();
    return {
      text: this.#pieces.join(""),
      blocks: this.#blocks,
      ...(title === "" ? {} : { title }),
      ...(details.kind === undefined ? {} : { kind: details.kind }),
      ...(details.facts === undefined || details.facts.length === 0 ? {} : { facts: details.facts }),
      ...(details.frontMatter === undefined ? {} : { frontMatter: details.frontMatter }),
      attachments: details.attachments ?? [],
      pages: details.pages ?? null,
      usedOcr: details.usedOcr ?? false,
      warnings: details.warnings ?? [],
    };
  }

  #append(kind: BlockKind, text: string, details: BlockDetails): Span | null {
    if (text === "") return null;
    const separator = this.#separatorBefore(kind);
    const start = this.#length + separator.length;
    const end = start + text.length;
    if (end > MAXIMUM_TEXT) {
      throw new GroundworkError(
        "parser-limit",
        "The file holds more than 10 million characters of text. Split it into smaller files.",
      );
    }
    this.#pieces.push(separator, text);
    this.#length = end;
    this.#blocks.push({
      kind,
      start,
      end,
      ...(kind === "heading" ? { level: Math.min(6, Math.max(1, details.level ?? 1)) } : {}),
      page: details.page ?? null,
      ...(details.header === undefined ? {} : { header: details.header }),
    });
    return { start, end };
  }

  #separatorBefore(kind: BlockKind): string {
    const previous = this.#blocks.at(-1);
    if (previous === undefined) return "";
    const isRun = previous.kind === kind && (kind === "list-item" || kind === "table-row");
    return isRun ? "\n" : "\n\n";
  }
}
