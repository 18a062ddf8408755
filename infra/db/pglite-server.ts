import { Duplex } from "node:stream";
import { Worker } from "node:worker_threads";

import { GroundworkError } from "../errors.ts";
import { CLOSE, type PGliteGreeting } from "./pglite-protocol.ts";

/** A Postgres in a worker thread, spoken to in the wire protocol: a query never blocks the event loop, and no port is open. */
export interface PGliteServer {
  /** The one connection, for the `socket` option of postgres.js. A second call, after the first ended, gives a new one. */
  connect(): Duplex;
  close(): Promise<void>;
}

/** postgres.js asks `readyState` as of a TCP socket. */
class WorkerSocket extends Duplex {
  readonly #worker: Worker;
  readonly #onMessage = (bytes: Uint8Array) => this.push(bytes);
  readonly #onGone = (cause?: unknown) => this.destroy(gone(cause));

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
    worker.on("message", this.#onMessage);
    worker.once("error", this.#onGone);
    worker.once("exit", this.#onGone);
  }

  get readyState(): string {
    return this.destroyed ? "closed" : "open";
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    this.#worker.postMessage(bytes);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
    setImmediate(() => this.destroy());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#worker.off("message", this.#onMessage);
    this.#worker.off("error", this.#onGone);
    this.#worker.off("exit", this.#onGone);
    done(error);
  }
}

function gone(cause?: unknown): GroundworkError {
  return new GroundworkError("database", "The embedded database has stopped; restart Groundwork.", { cause });
}

async function greeting(worker: Worker, directory: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<PGliteGreeting>();
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", () => reject(gone()));
  const answer = await promise.catch((error: unknown) => ({ opened: false as const, reason: String(error) }));
  if (answer.opened) return;
  await worker.terminate();
  throw new GroundworkError(
    "database",
    `The embedded database in ${directory} cannot be opened. If it came from another version of Groundwork or was damaged, move the directory away and ingest again.`,
    { cause: answer.reason },
  );
}

/**
 * Opens, or creates, the cluster in `directory`. The caller holds the lock of the data directory: PGlite has none of its own.
 * It never calls fsync: a killed process loses nothing, a power cut may.
 */
export async function openPGlite(directory: string): Promise<PGliteServer> {
  const worker = new Worker(new URL("./pglite-worker.ts", import.meta.url), {
    workerData: { directory },
    // Flags of the main program, such as `--eval`'s, are not for the worker.
    execArgv: [],
  });
  await greeting(worker, directory);
  let running = true;
  const ended = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      running = false;
      resolve();
    });
  });
  worker.on("error", () => {});
  return {
    connect() {
      if (!running) throw gone();
      return new WorkerSocket(worker);
    },
    async close() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      if (running) worker.postMessage(CLOSE);
      await ended;
    },
  };
}
