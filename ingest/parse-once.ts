import { createHash } from "node:crypto";
import { unlessCancelled } from "../infra/db/database-error.ts";
import type { FileTwin, IngestedDocuments } from "../infra/db/port.ts";
import type { Fact, FileOrigin } from "../infra/document.ts";
import { type CutText, chunkBlocks } from "./chunk.ts";
import type { ParseOptions, ParsedFile, Parser } from "./parsers/port.ts";
import { PIPELINE_VERSION } from "./pipeline-version.ts";

/** What is taken of a file: parsed now, or held of another with the same bytes. */
export type FileText = CutText &
  Pick<ParsedFile, "title" | "kind" | "language" | "frontMatter" | "attachments"> & {
    readonly facts?: readonly Fact[];
    /** Stored with the text; absent: it is nobody's twin. */
    readonly origin?: FileOrigin;
  };

export interface FileParseOptions extends ParseOptions {
  /** Parsed whatever is held, and never a twin of others: a file that may itself state who may read it. */
  readonly anew?: boolean;
}

/** A `Parser` is one too. Errors: those of parsers. */
export interface FileParser {
  parse(bytes: Uint8Array, name: string, signal?: AbortSignal, options?: FileParseOptions): Promise<FileText>;
}

/** Until what was parsed is written, its twins find it here; milliseconds, files. */
const REMEMBERED_MS = 60_000;
const REMEMBERED = 64;

/**
 * Parses a file, and recognises a scan, only where no document with the same bytes is held: its text is taken then, which says nothing that
 * these bytes do not. Twins that come at the same time wait for the first. What could not be read whole, what holds other files (their
 * bytes are not kept) and what states front matter is parsed every time. Errors: `database`, those of the parser.
 */
export function parseOnce(parser: Parser, ingested: Pick<IngestedDocuments, "twin">): FileParser {
  const recent = new Map<string, Promise<FileText | null>>();

  const remember = (key: string, text: Promise<FileText>): void => {
    const shared = text.then(
      (each) => (each.origin === undefined ? null : each),
      () => null,
    );
    const forget = (): void => {
      if (recent.get(key) === shared) recent.delete(key);
    };
    recent.set(key, shared);
    const [oldest] = recent.keys();
    if (recent.size > REMEMBERED && oldest !== undefined) recent.delete(oldest);
    void shared.then((each) => (each === null ? forget() : setTimeout(forget, REMEMBERED_MS).unref()));
  };

  return {
    parse: async (bytes, name, signal, { anew = false, ...options } = {}) => {
      if (anew) return parser.parse(bytes, name, signal, options);
      const key = fileKey(bytes, name);
      const earlier = recent.get(key);
      const shared = earlier === undefined ? null : await unlessCancelled(signal, () => earlier);
      if (shared !== null) return shared;
      const read = async (): Promise<FileText> => {
        const twin = await ingested.twin(key);
        return twin === null ? withOrigin(await parser.parse(bytes, name, signal, options), key) : ofTwin(twin);
      };
      const text = read();
      remember(key, text);
      return text;
    },
  };
}

/** Of the bytes, of the version that parses them, and of the name as far as it decides how. */
function fileKey(bytes: Uint8Array, name: string): string {
  const extension = /\.([\w-]{1,10})$/u.exec(name)?.[1]?.toLowerCase() ?? "";
  return createHash("sha256").update(`${PIPELINE_VERSION}\n${extension}\n`).update(bytes).digest("hex");
}

function withOrigin(parsed: ParsedFile, key: string): FileText {
  const { blocks: _, facts = [], ...file } = parsed;
  const isWhole = parsed.attachments.length === 0 && parsed.warnings.length === 0;
  if (!isWhole || parsed.frontMatter !== undefined) return parsed;
  return { ...file, spans: chunkBlocks(parsed), facts, origin: { key, ...statedBy(parsed), facts: facts.length } };
}

function ofTwin({ text, spans, facts, origin }: FileTwin): FileText {
  return { ...statedBy(origin), text, spans, facts, origin, attachments: [] };
}

function statedBy({ title, kind, language }: Pick<ParsedFile, "title" | "kind" | "language">) {
  return {
    ...(title === undefined ? {} : { title }),
    ...(kind === undefined ? {} : { kind }),
    ...(language === undefined ? {} : { language }),
  };
}
