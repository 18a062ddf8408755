import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { GroundworkError } from "../../infra/errors.ts";
import { type ChildMessage, OCR_BY, OCR_PAGE_MS, type ParentMessage, type ParseRequest } from "./child-messages.ts";
import type { Ocr } from "./ocr.ts";
import { MAXIMUM_OCR_PAGES } from "./parser-limits.ts";
import type { ParsedFile } from "./port.ts";
import { residentMemory } from "./resident-memory.ts";

export interface ProcessLimits {
  /** Milliseconds for a file; each page that is recognised adds its own. */
  readonly timeoutMs: number;
  /** Milliseconds for a page that is recognised. */
  readonly ocrPageTimeoutMs: number;
  readonly memoryMegabytes: number;
}

/** Milliseconds: a file can take a hundred megabytes in as long. */
const MEMORY_INTERVAL = 50;
const MOST_FILES = 500;
const STDERR_TAIL = 4000;
const root = join(import.meta.dirname, "..", "..");

/** One process for one file at a time. It is killed, and not asked, when it exceeds a limit; then it is of no further use. */
export class ParserProcess {
  readonly #limits: ProcessLimits;
  readonly #ocr: Ocr | null;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #started: Promise<boolean>;
  #stderr = "";
  #files = 0;
  #isTired = false;

  /** `ocr` recognises the pages that this process finds; without one it does so itself. */
  constructor(limits: ProcessLimits, ocr: Ocr | null = null) {
    this.#limits = limits;
    this.#ocr = ocr;
    this.#child = startChild(limits, ocr !== null);
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.once("error", () => resolve());
    });
    // Only the first message says that it is ready; there is no other before a file is sent.
    this.#started = Promise.race([
      once(this.#child, "message").then(
        () => true,
        () => false,
      ),
      this.#exited.then(() => false),
    ]);
    this.#child.stderr?.on("data", (piece: Buffer) => {
      this.#stderr = (this.#stderr + piece.toString("utf8")).slice(-STDERR_TAIL);
    });
  }

  /** Whether another file may be given to it. A process that has grown is replaced, so that each file has the whole limit. */
  get isUsable(): boolean {
    return (
      this.#child.connected &&
      this.#child.exitCode === null &&
      !this.#child.killed &&
      !this.#isTired &&
      this.#files < MOST_FILES
    );
  }

  /** Errors: those of parsers, `parser-limit`, `cancelled`; `unreadable-file` when the process dies of the file. */
  async parse(request: ParseRequest, signal?: AbortSignal): Promise<ParsedFile> {
    this.#files += 1;
    // A busy machine starts processes slowly: that time is not the file's.
    if (!(await this.#started))
      throw new GroundworkError(
        "internal",
        "The process that reads files did not start. Try again, and look into the log if it stays so.",
      );
    const message = await this.#answer(request, signal);
    this.#isTired = ((await residentMemory(this.#child.pid ?? 0)) ?? 0) > this.#limits.memoryMegabytes / 2;
    if (message.kind === "parsed") return message.file;
    throw new GroundworkError(message.code, message.message);
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #answer(
    request: ParseRequest,
    signal?: AbortSignal,
  ): Promise<Extract<ChildMessage, { kind: "parsed" | "failed" }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<ChildMessage, { kind: "parsed" | "failed" }>>();
    let reason: GroundworkError | null = null;
    const stop = (error: GroundworkError): void => {
      reason ??= error;
      void this.kill();
    };
    let remaining = this.#limits.timeoutMs;
    let started = performance.now();
    let timer = setTimeout(() => stop(tooSlow()), remaining);
    let recognised = 0;
    const ended = new AbortController();
    const onMessage = (message: ChildMessage): void => {
      if (message.kind === "parsed" || message.kind === "failed") resolve(message);
      if (message.kind === "recognise") void this.#recognise(message.image, recognised, ended.signal);
      if (message.kind !== "ocr-page" && message.kind !== "recognise") return;
      if ((recognised += 1) > MAXIMUM_OCR_PAGES) return;
      clearTimeout(timer);
      remaining += this.#limits.ocrPageTimeoutMs - (performance.now() - started);
      started = performance.now();
      timer = setTimeout(() => stop(tooSlow()), remaining);
    };
    const watchMemory = async (): Promise<void> => {
      const megabytes = await residentMemory(this.#child.pid ?? 0);
      if (megabytes !== null && megabytes > this.#limits.memoryMegabytes) stop(tooLarge());
    };
    const memory = setInterval(() => void watchMemory(), MEMORY_INTERVAL);
    const onAbort = (): void => stop(new GroundworkError("cancelled", "Reading the file was cancelled."));
    const onExit = (): void =>
      reject(reason ?? (/heap out of memory|allocation failed/iu.test(this.#stderr) ? tooLarge() : crashed()));

    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#child.on("message", onMessage).once("exit", onExit).once("error", onExit);
    try {
      this.#send({ kind: "parse", ...request }, (error) => (error === null ? undefined : stop(crashed(error))));
      return await promise;
    } finally {
      ended.abort();
      clearTimeout(timer);
      clearInterval(memory);
      signal?.removeEventListener("abort", onAbort);
      this.#child.off("message", onMessage).off("exit", onExit).off("error", onExit);
    }
  }

  async #recognise(image: Uint8Array, earlier: number, signal: AbortSignal): Promise<void> {
    const isWanted = this.#ocr !== null && earlier <= MAXIMUM_OCR_PAGES;
    const lines = isWanted ? await this.#ocr.recognise(image, signal).catch(() => null) : null;
    if (!signal.aborted) this.#send({ kind: "recognised", lines }, () => undefined);
  }

  #send(message: ParentMessage, onSent: (error: Error | null) => void): void {
    this.#child.send(message, onSent);
  }
}

/**
 * The child reads our code and packages and nothing else, writes nothing, starts nothing, has no network, and knows neither our
 * environment nor our secrets.
 */
function startChild({ memoryMegabytes, ocrPageTimeoutMs }: ProcessLimits, isOcrOurs: boolean): ChildProcess {
  const packages = dirname(
    dirname(dirname(createRequire(import.meta.url).resolve("@tesseract.js-data/eng/package.json"))),
  );
  return fork(new URL("parser-child.ts", import.meta.url), [], {
    execArgv: [
      `--max-old-space-size=${memoryMegabytes}`,
      "--permission",
      `--allow-fs-read=${root}`,
      `--allow-fs-read=${packages}`,
      "--allow-worker",
      "--allow-addons",
      "--import",
      new URL("block-network.ts", import.meta.url).href,
    ],
    env: { TZ: "UTC", [OCR_PAGE_MS]: String(ocrPageTimeoutMs), ...(isOcrOurs ? { [OCR_BY]: "parent" } : {}) },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

function tooSlow(): GroundworkError {
  return new GroundworkError(
    "parser-limit",
    "The file took too long to read and was given up. Split it into smaller files or save it again in a simpler form.",
  );
}

function tooLarge(): GroundworkError {
  return new GroundworkError(
    "parser-limit",
    "The file needs more memory than allowed and was given up. Split it into smaller files or save it again in a simpler form.",
  );
}

function crashed(cause?: unknown): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    "Reading the file failed. Open it in its program, save it again and upload the copy.",
    { cause },
  );
}
