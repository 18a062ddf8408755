import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A server over the ingested sample company, started as `npm start` does. */
    sampleServer: {
      readonly url: string;
      readonly operatorKey: string;
      /** Held by the server. */
      readonly dataDirectory: string;
      /** The same data at rest, for `copySample`: nobody holds it and nobody may change it. */
      readonly restingDirectory: string;
    };
  }
}

/** The first ingestion, OCR included, on a machine that does other things as well. */
const PATIENCE_MS = 10 * 60_000;
const MAIN = new URL("../../api/main.ts", import.meta.url).pathname;

/**
 * Ingests the sample on a data directory of its own, keeps a copy of that, and starts one real server over it for all files of the
 * project. With GROUNDWORK_TEST_SERVER, the data directory of a server that runs already, that one is used and left running: for
 * developing tests without ingesting each time.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const temporary = await mkdtemp(join(tmpdir(), "groundwork-sample-"));
  const restingDirectory = join(temporary, "resting");
  const given = process.env["GROUNDWORK_TEST_SERVER"] ?? "";
  const dataDirectory = given === "" ? join(temporary, "data") : given;
  const server = given === "" ? await ingestAndServe(dataDirectory, restingDirectory) : null;
  if (server === null) await copyDirectory(dataDirectory, restingDirectory);
  const owner: unknown = JSON.parse(await readFile(join(dataDirectory, "owner.json"), "utf8"));
  const { payload } = owner as { payload: { url: string; operatorKey: string } };
  project.provide("sampleServer", { ...payload, dataDirectory, restingDirectory });
  return async () => {
    if (server !== null) await stop(server);
    await rm(temporary, { recursive: true, force: true });
  };
}

async function ingestAndServe(dataDirectory: string, restingDirectory: string): Promise<ChildProcess> {
  await stop(await start(dataDirectory));
  await copyDirectory(dataDirectory, restingDirectory);
  return start(dataDirectory);
}

async function start(dataDirectory: string): Promise<ChildProcess> {
  const { PATH, HOME } = process.env;
  const server = spawn(process.execPath, [MAIN], {
    env: { PATH, HOME, DATA_DIR: dataDirectory, PORT: "0", LOG_LEVEL: "error" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new TypeError("The sample server was not ready in time.")), PATIENCE_MS);
  let output = "";
  server.stdout.on("data", (piece: Buffer) => {
    output += piece.toString();
    if (output.includes("Groundwork is ready at")) resolve();
  });
  server.once("exit", (code) => reject(new TypeError(`The sample server ended with code ${code}.`)));
  await promise.finally(() => clearTimeout(timer));
  return server;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

async function copyDirectory(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}
