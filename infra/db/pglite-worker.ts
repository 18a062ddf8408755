import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

import type { CLOSE, PGliteGreeting } from "./pglite-protocol.ts";

/** A cluster whose creation was broken off, which the file beside it tells, is made anew. */
async function open(directory: string): Promise<PGlite> {
  const unfinished = `${directory}.unfinished`;
  if (existsSync(unfinished)) await rm(directory, { recursive: true, force: true });
  if (!existsSync(directory)) await writeFile(unfinished, "");
  const database = await PGlite.create({ dataDir: directory, extensions: { vector } });
  await rm(unfinished, { force: true });
  return database;
}

/** Answers Postgres wire messages in the order in which they come; one answer in one piece, because each crossing of threads costs. */
function serve(database: PGlite, port: MessagePort): void {
  const answer = async (message: Uint8Array | typeof CLOSE) => {
    if (typeof message === "string") {
      await database.close();
      port.close();
      return;
    }
    const pieces: Uint8Array[] = [];
    await database.execProtocolRawStream(message, { onRawData: (bytes) => pieces.push(bytes.slice()) });
    const bytes = joined(pieces);
    port.postMessage(bytes, [bytes.buffer]);
  };
  let last: Promise<void> = Promise.resolve();
  port.on("message", (message: Uint8Array | typeof CLOSE) => {
    last = after(last, () => answer(message));
  });
}

async function after(earlier: Promise<void>, work: () => Promise<void>): Promise<void> {
  await earlier;
  await work();
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function main(port: MessagePort): Promise<void> {
  const { directory } = workerData as { directory: string };
  try {
    serve(await open(directory), port);
    port.postMessage({ opened: true } satisfies PGliteGreeting);
  } catch (error) {
    port.postMessage({ opened: false, reason: String(error) } satisfies PGliteGreeting);
    port.close();
  }
}

if (parentPort !== null) await main(parentPort);
