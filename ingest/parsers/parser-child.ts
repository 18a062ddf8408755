import { Worker } from "node:worker_threads";
import { GroundworkError } from "../../infra/errors.ts";
import { type ChildMessage, OCR_BY, OCR_PAGE_MS, type ParentMessage, type ParseRequest } from "./child-messages.ts";
import { chooseParser } from "./choose-parser.ts";
import type { Ocr } from "./ocr.ts";
import { OCR_PAGE_TIMEOUT } from "./parser-limits.ts";

/*
 * The process that parses files, one after the other, for `openIsolatedParser`. It ends with its parent: at once when it is idle, and
 * within a second when a file keeps it busy, because a thread of its own looks after the parent.
 */
const watcher = new Worker(
  `const parent = process.ppid; setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 1000);`,
  { eval: true },
);
watcher.unref();
process.on("disconnect", () => process.exit(0));

let onRecognised: (message: Extract<ParentMessage, { kind: "recognised" }>) => void = () => undefined;
const parser = chooseParser(process.env[OCR_BY] === "parent" ? parentOcr() : ownOcr());

process.on("message", (message: ParentMessage) => {
  if (message.kind === "recognised") onRecognised(message);
  else void answer(message).then(send);
});
send({ kind: "ready" });

/** Tesseract in this process, loaded with the first page that needs it. */
function ownOcr(): Ocr {
  let opening: Promise<Ocr> | null = null;
  return {
    recognise: async (image) => (await (opening ??= loadOcr())).recognise(image),
    close: async () => (await opening)?.close(),
  };
}

async function loadOcr(): Promise<Ocr> {
  const { openOcr } = await import("./ocr.ts");
  const pageTimeoutMs = Number(process.env[OCR_PAGE_MS]) || OCR_PAGE_TIMEOUT;
  return openOcr({ pageTimeoutMs, onPage: () => send({ kind: "ocr-page" }) });
}

/** The engine that is installed on the machine, which the parent runs. */
function parentOcr(): Ocr {
  return {
    recognise: async (image) => {
      const { promise, resolve } = Promise.withResolvers<Extract<ParentMessage, { kind: "recognised" }>>();
      onRecognised = resolve;
      send({ kind: "recognise", image });
      const { lines } = await promise;
      if (lines !== null) return lines;
      throw new GroundworkError(
        "unreadable-file",
        "The image could not be read. Check that it opens in an image viewer, then upload it again.",
      );
    },
    close: async () => undefined,
  };
}

async function answer({ bytes, name, options }: ParseRequest): Promise<ChildMessage> {
  try {
    return { kind: "parsed", file: await parser.parse(bytes, name, undefined, options) };
  } catch (error) {
    if (error instanceof GroundworkError) return { kind: "failed", code: error.code, message: error.message };
    return {
      kind: "failed",
      code: "unreadable-file",
      message: "The file could not be read. Open it in its program, save it again and upload the copy.",
    };
  }
}

function send(message: ChildMessage): void {
  process.send?.(message);
}
