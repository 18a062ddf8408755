import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLockOwner } from "../../infra/db/directory-lock.ts";
import { GroundworkError } from "../../infra/errors.ts";

/** What `npm start` runs; the benchmark speaks to it as any client does. */
const MAIN = join(fileURLToPath(new URL("../../", import.meta.url)), "api", "main.ts");
/** As whom the operator asks. */
const AS_HEADER = "x-groundwork-as";
const READY = "Groundwork is ready at";

export interface Reply {
  readonly status: number;
  /** Names and values of all headers but those that identify the request. */
  readonly headers: string;
  readonly body: string;
  /** From sending the request to the body's last byte. */
  readonly milliseconds: number;
}

/** A real server of its own over the sample company. Disposing stops it. */
export interface SampleServer extends AsyncDisposable {
  send(as: string, method: string, path: string, body?: unknown): Promise<Reply>;
}

/** Starts a server that keeps its data in the directory; the first time it ingests the sample. Throws `internal` when it does not start. */
export async function startSampleServer(dataDirectory: string): Promise<SampleServer> {
  const { PATH, HOME } = process.env;
  const server = spawn(process.execPath, [MAIN], {
    env: { PATH, HOME, DATA_DIR: dataDirectory, PORT: "0", LOG_LEVEL: "error" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(server);
  const owner = readLockOwner(dataDirectory);
  if (owner === null) throw new GroundworkError("internal", "The server holds no data directory.");
  const { url, operatorKey } = owner.payload as { url: string; operatorKey: string };
  return {
    send: (as, method, path, body) => send(new URL(path, url), as, operatorKey, method, body),
    [Symbol.asyncDispose]: () => stop(server),
  };
}

async function ready(server: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let output = "";
  server.stdout?.on("data", (piece: Buffer) => {
    output += piece.toString();
    if (output.includes(READY)) resolve();
  });
  server.once("exit", (code) => {
    reject(new GroundworkError("internal", `The server ended with code ${code} before it was ready.`));
  });
  await promise;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

async function send(url: URL, as: string, operatorKey: string, method: string, body: unknown): Promise<Reply> {
  const started = performance.now();
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${operatorKey}`,
      [AS_HEADER]: as,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const milliseconds = performance.now() - started;
  const headers = [...response.headers].filter(([name]) => name !== "x-request-id" && name !== "date");
  return { status: response.status, headers: JSON.stringify(headers), body: text, milliseconds };
}
