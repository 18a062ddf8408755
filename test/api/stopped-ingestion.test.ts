import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { PATIENCE, testDataDirectory } from "../support/test-database.ts";

const MAIN = new URL("../../api/main.ts", import.meta.url).pathname;

const temporary: string[] = [];
afterAll(() => Promise.all(temporary.map((path) => rm(path, { recursive: true, force: true }))));

describe("a server that is told to stop while it ingests for the first time", { timeout: 4 * PATIENCE }, () => {
  it("closes in order, with nothing to say and exit code 0", async () => {
    const data = await testDataDirectory();
    temporary.push(data);
    const server = start(data);
    try {
      await isWriting(server, data);
      server.kill("SIGTERM");
      expect(await server.ended).toEqual({ code: 0, error: "" });
    } finally {
      server.kill("SIGKILL");
    }
  });
});

interface Server {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly error: string }>;
  kill(signal: NodeJS.Signals): void;
}

function start(data: string): Server {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, HOME, DATA_DIR: data, PORT: "0", LOG_LEVEL: "error" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let error = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
  const ended = once(child, "close").then(([code]) => ({
    code: code as number | null,
    error: error.replaceAll(/^Ingesting:? .*\n/gm, ""),
  }));
  return { child, ended, kill: (signal) => void child.kill(signal) };
}

/** Resolves when documents are there, so that others are embedded at this moment. */
async function isWriting({ child }: Server, data: string): Promise<void> {
  while (child.exitCode === null) {
    const owner = await readFile(join(data, "owner.json"), "utf8").catch(() => "{}");
    const { payload } = JSON.parse(owner === "" ? "{}" : owner) as { payload?: { url: string; operatorKey: string } };
    if (payload?.url !== undefined) {
      const headers = { authorization: `Bearer ${payload.operatorKey}`, "x-groundwork-as": "operator" };
      const response = await fetch(`${payload.url}/v1/ingestion`, { headers });
      const { counts } = (await response.json()) as { counts: readonly unknown[] };
      if (counts.length > 0) return;
    }
    await wait(50);
  }
}
