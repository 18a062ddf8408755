import { Worker } from "node:worker_threads";
import { GroundworkError } from "../../infra/errors.ts";
import type { ChildMessage, ParseRequest } from "./child-messages.ts";
import { chooseParser } from "./choose-parser.ts";
import { openOcr } from "./ocr.ts";

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

const parser = chooseParser(openOcr({ onPage: () => send({ kind: "ocr-page" }) }));

process.on("message", (request: ParseRequest) => {
  void answer(request).then(send);
});
send({ kind: "ready" });

async function answer({ bytes, name }: ParseRequest): Promise<ChildMessage> {
  try {
    return { kind: "parsed", file: await parser.parse(bytes, name) };
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
