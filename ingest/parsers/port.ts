export type BlockKind = "heading" | "paragraph" | "list-item" | "table-row" | "code";

/** A piece of a file's structure: `text.slice(start, end)` is its text, trimmed and never empty. */
export interface Block {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** Headings only: 1 is the outermost, at most 6. */
  readonly level?: number;
  /** Page of the original, from 1; null where the format has no pages. */
  readonly page: number | null;
  /** Table rows whose own text does not name its columns: the row of column names. */
  readonly header?: string;
}

/** A file inside a file, such as an attachment of an e-mail. Its name is a bare file name, made safe. */
export interface ParsedAttachment {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A value that the file states in a form made for machines, such as an amount of an e-invoice: `text.slice(start, end)` is its display. */
export interface StatedFact {
  readonly name: string;
  readonly label: string;
  /** Dates are ISO. */
  readonly value: string | number;
  readonly display: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a parser makes of a file. The text is normalised (NFC, `\n` line ends, no control or invisible characters) and not empty.
 * Blocks are in order, do not overlap and cover every character of the text that is not white space.
 */
export interface ParsedFile {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly title?: string;
  /** What the content says that the file is: `e-invoice`, `edi`, `e-mail`; absent when it says nothing. */
  readonly kind?: string;
  readonly facts?: readonly StatedFact[];
  /** ISO 639-1; absent when the text is too short or too mixed to tell. */
  readonly language?: string;
  /** Markdown only: the YAML front matter as plain data, unchecked. */
  readonly frontMatter?: unknown;
  readonly attachments: readonly ParsedAttachment[];
  readonly pages: number | null;
  readonly usedOcr: boolean;
  /** Sentences for the operator about what could not be read although the rest could. */
  readonly warnings: readonly string[];
}

export interface ParseOptions {
  /**
   * `refused`: a picture, or a PDF with at least one page whose text can be had by recognition alone, fails with `needs-ocr` before any
   * recognition begins, so that it can wait for those that are quick. What a file holds (`attachments`) decides for itself, when it is
   * parsed. `allowed` unless stated.
   */
  readonly ocr?: "allowed" | "refused";
}

/**
 * Reads one family of formats. A parser never touches the network or other files. It does not promise to end: hostile files can take
 * any time and memory, which is why `openIsolatedParser` stands between parsers and the rest.
 */
export interface Parser {
  /**
   * Errors: `encrypted-file`, `empty-file`, `unreadable-file`, `parser-limit`, `cancelled`; `unsupported-file` where it chooses
   * among formats; `needs-ocr` where `options` refuses recognition.
   */
  parse(bytes: Uint8Array, name: string, signal?: AbortSignal, options?: ParseOptions): Promise<ParsedFile>;
}
