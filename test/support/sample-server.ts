import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A server over the ingested sample company, started as `npm start` does, and the key of its operator. */
    sampleServer: { readonly url: string; readonly operatorKey: string; readonly dataDirectory: string };
  }
}

/** The first ingestion, OCR included, on a machine that does other things as well. */
const PATIENCE_MS = 10 * 60_000;

/** Starts one real server for all files of the project, on a data directory of its own, and ends it afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "groundwork-sample-"));
  const main = new URL("../../api/main.ts", import.meta.url).pathname;
  const server = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], DATA_DIR: dataDirectory, PORT: "0", LOG_LEVEL: "error" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(server);
  const owner: unknown = JSON.parse(await readFile(join(dataDirectory, "owner.json"), "utf8"));
  const { payload } = owner as { payload: { url: string; operatorKey: string } };
  project.provide("sampleServer", { ...payload, dataDirectory });
  return async () => {
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
    await rm(dataDirectory, { recursive: true, force: true });
  };
}

async function ready(server: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new TypeError("The sample server was not ready in time.")), PATIENCE_MS);
  let output = "";
  server.stdout?.on("data", (piece: Buffer) => {
    output += piece.toString();
    if (output.includes("Groundwork is ready at")) resolve();
  });
  server.once("exit", (code) => reject(new TypeError(`The sample server ended with code ${code}.`)));
  await promise.finally(() => clearTimeout(timer));
}
