import PQueue from "p-queue";
import { GroundworkError } from "../../infra/errors.ts";
import { findNativeTesseract } from "./native-tesseract.ts";
import type { Ocr } from "./ocr.ts";
import { OCR_PAGE_TIMEOUT } from "./parser-limits.ts";
import { ParserProcess, type ProcessLimits } from "./parser-process.ts";
import type { ParseRequest } from "./child-messages.ts";
import type { ParsedFile, Parser } from "./port.ts";

export interface IsolatedParserSettings extends Partial<ProcessLimits> {
  /** Files that are parsed at the same time; each takes a process. */
  readonly workers?: number;
  readonly maximumBytes?: number;
  /** Whether the machine's own Tesseract recognises scans where there is one; it does unless this is false. */
  readonly nativeOcr?: boolean;
}

export interface IsolatedParser extends Parser {
  /** Kills the processes; what is being parsed fails with `cancelled`. Resolves when they are gone. */
  close(): Promise<void>;
}

const DEFAULTS = {
  workers: 1,
  timeoutMs: 60_000,
  ocrPageTimeoutMs: OCR_PAGE_TIMEOUT,
  memoryMegabytes: 1024,
  maximumBytes: 50 * 1024 * 1024,
  nativeOcr: true,
};

/**
 * Parses each file in a process of its own making (see `ParserProcess`), so that no file can stop, fill or take over this one. Processes
 * start with the first file, are used for further ones and are replaced after a kill. Errors: those of parsers, and `file-too-large`,
 * `parser-limit`, `cancelled`. Memory is watched where there is /proc; elsewhere only the JavaScript heap is limited.
 */
export function openIsolatedParser(settings: IsolatedParserSettings = {}): IsolatedParser {
  const limits = { ...DEFAULTS, ...settings };
  const idle: ParserProcess[] = [];
  const busy = new Set<ParserProcess>();
  const queue = new PQueue({ concurrency: limits.workers });
  let isClosed = false;
  let finding: Promise<Ocr | null> | null = null;

  const assertOpen = (signal?: AbortSignal): void => {
    if (isClosed || signal?.aborted === true) throw new GroundworkError("cancelled", "Reading the file was cancelled.");
  };

  const findOcr = async (): Promise<Ocr | null> =>
    limits.nativeOcr
      ? findNativeTesseract({
          memoryMegabytes: limits.memoryMegabytes,
          pageTimeoutMs: limits.ocrPageTimeoutMs,
        })
      : null;

  const run = async (request: ParseRequest, signal?: AbortSignal): Promise<ParsedFile> => {
    let parser = idle.pop();
    while (parser !== undefined && !parser.isUsable) parser = idle.pop();
    parser ??= new ParserProcess(limits, await (finding ??= findOcr()));
    if (isClosed) await parser.kill();
    assertOpen();
    busy.add(parser);
    try {
      return await parser.parse(request, signal);
    } catch (error) {
      assertOpen();
      throw error;
    } finally {
      busy.delete(parser);
      if (parser.isUsable && !isClosed) idle.push(parser);
      else await parser.kill();
    }
  };

  return {
    parse: async (bytes, name, signal, options) => {
      assertOpen(signal);
      if (bytes.length > limits.maximumBytes) {
        const megabytes = Math.floor(limits.maximumBytes / 1024 / 1024);
        throw new GroundworkError(
          "file-too-large",
          `The file is larger than ${megabytes} MB. Split it into smaller files.`,
        );
      }
      return await queue.add(() => {
        assertOpen(signal);
        return run({ bytes, name, options }, signal);
      });
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...idle.splice(0), ...busy].map((parser) => parser.kill()));
    },
  };
}
