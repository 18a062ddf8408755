import { execFile, spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { readHocr } from "./hocr.ts";
import type { Ocr } from "./ocr.ts";
import { OCR_PAGE_TIMEOUT } from "./parser-limits.ts";

export interface NativeTesseractSettings {
  readonly memoryMegabytes: number;
  readonly pageTimeoutMs?: number;
  /** Looked up on the PATH. */
  readonly command?: string;
}

const MOST_OUTPUT = 20_000_000;
/** One thread: a second one waits for the first more than it helps, and takes the core from another page. */
const ENVIRONMENT = { OMP_THREAD_LIMIT: "1" };

/**
 * The machine's own Tesseract, if it is installed with English; it needs about half the time of the one that is compiled to
 * WebAssembly. Each page gets a process of its own, which reads the image from its input, and is killed on time or memory. Errors of
 * `recognise`: `unreadable-file`, `parser-limit`, `cancelled`.
 */
export async function findNativeTesseract(settings: NativeTesseractSettings): Promise<Ocr | null> {
  const { command = "tesseract", memoryMegabytes, pageTimeoutMs = OCR_PAGE_TIMEOUT } = settings;
  if (process.platform === "win32" || !(await hasEnglish(command))) return null;
  return {
    recognise: async (image, signal) => {
      // The limit of memory is the shell's to set; the command is no part of the script, so nothing in it is interpreted.
      const script = `ulimit -v ${memoryMegabytes * 1024}; exec "$0" "$@"`;
      const tesseract = spawn(
        "/bin/sh",
        ["-c", script, command, "stdin", "stdout", "-l", "eng", "--psm", "6", "hocr"],
        {
          env: { ...environment(), ...ENVIRONMENT },
          stdio: ["pipe", "pipe", "ignore"],
          timeout: pageTimeoutMs,
          killSignal: "SIGKILL",
          ...(signal === undefined ? {} : { signal }),
        },
      );
      const ended = Promise.withResolvers<{ readonly code: number | null; readonly isKilled: boolean }>();
      tesseract.once("error", ended.reject);
      tesseract.once("close", (code, by) => ended.resolve({ code, isKilled: by !== null }));
      tesseract.stdin.on("error", () => undefined);
      tesseract.stdin.end(image);
      const [output, { code, isKilled }] = await Promise.all([buffer(tesseract.stdout), ended.promise]).catch(
        (cause: unknown) => {
          if (signal?.aborted === true) throw new GroundworkError("cancelled", "Reading the file was cancelled.");
          throw unreadable(cause);
        },
      );
      if (isKilled) throw tooLong();
      if (code !== 0 || output.length > MOST_OUTPUT) throw unreadable();
      return readHocr(output.toString("utf8"));
    },
    close: async () => undefined,
  };
}

async function hasEnglish(command: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(command, ["--list-langs"], { env: environment(), timeout: 10_000 });
    return /^eng$/mu.test(stdout);
  } catch {
    return false;
  }
}

/** What finding the program and its languages takes; none of our secrets. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, TESSDATA_PREFIX } = process.env;
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(TESSDATA_PREFIX === undefined ? {} : { TESSDATA_PREFIX }),
  };
}

function unreadable(cause?: unknown): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    "The image could not be read. Check that it opens in an image viewer, then upload it again.",
    { cause },
  );
}

function tooLong(): GroundworkError {
  return new GroundworkError(
    "parser-limit",
    "A page took too long to recognise. Scan it at 300 dpi or less and upload it again.",
  );
}
