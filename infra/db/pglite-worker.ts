import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

/** What the worker says first: the database is open, or why it is not. */
export type PGliteGreeting = { readonly opened: true } | { readonly opened: false; readonly reason: string };

/** Sent to the worker instead of bytes: close the database and end. */
export const CLOSE = "close";

/** Makes the cluster beside its place and moves it there whole: killed half-way, the next start begins anew. */
async function create(directory: string): Promise<void> {
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const database = await PGlite.create({ dataDir: unfinished, extensions: { vector } });
  await database.close();
  await rename(unfinished, directory);
}

async function open(directory: string): Promise<PGlite> {
  if (!existsSync(directory)) await create(directory);
  return PGlite.create({ dataDir: directory, extensions: { vector } });
}

/** Answers Postgres wire messages in the order in which they come. */
function serve(database: PGlite, port: MessagePort): void {
  let last: Promise<void> = Promise.resolve();
  const reply = (bytes: Uint8Array) => {
    const copy = bytes.slice();
    port.postMessage(copy, [copy.buffer]);
  };
  port.on("message", (message: Uint8Array | typeof CLOSE) => {
    last = last.then(async () => {
      if (typeof message !== "string") return database.execProtocolRawStream(message, { onRawData: reply });
      await database.close();
      port.close();
    });
  });
}

const port = parentPort;
if (port !== null) {
  const { directory } = workerData as { directory: string };
  try {
    serve(await open(directory), port);
    port.postMessage({ opened: true } satisfies PGliteGreeting);
  } catch (error) {
    port.postMessage({ opened: false, reason: String(error) } satisfies PGliteGreeting);
    port.close();
  }
}
