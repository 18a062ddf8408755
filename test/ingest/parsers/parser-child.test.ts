import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const folder = new URL("../../../ingest/parsers/", import.meta.url);
const SLOW = 60_000;

/** What a script in a process with the preload says of its attempt. */
async function attempt(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, [
    "--import",
    new URL("block-network.ts", folder).href,
    "--input-type=module",
    "-e",
    code,
  ]);
  return stdout.trim();
}

const reporting = (attempt: string): string =>
  `try { ${attempt}; console.log("open"); } catch (error) { console.log(error.message); }`;

describe("the process that parses files", () => {
  it.each([
    ["fetch", `await fetch("http://127.0.0.1:1")`],
    ["a WebSocket", `new WebSocket("ws://127.0.0.1:1")`],
    ["http", `(await import("node:http")).get("http://127.0.0.1:1")`],
    ["https by name", `const { request } = await import("node:https"); request("https://127.0.0.1:1")`],
    ["a socket", `new (await import("node:net")).Socket().connect(1)`],
    ["tls", `(await import("node:tls")).connect(1)`],
    ["datagrams", `(await import("node:dgram")).createSocket("udp4")`],
    ["names", `await (await import("node:dns")).promises.resolve4("example.com")`],
  ])(
    "has no network through %s",
    async (_case, code) => {
      expect(await attempt(reporting(code))).toBe("Parsers have no network.");
    },
    SLOW,
  );

  it(
    "has no network in its threads",
    async () => {
      const thread = reporting(`await fetch("http://127.0.0.1:1")`);
      const code = `const { Worker } = await import("node:worker_threads"); new Worker(${JSON.stringify(`(async () => { ${thread} })()`)}, { eval: true });`;
      expect(await attempt(code)).toBe("Parsers have no network.");
    },
    SLOW,
  );

  it(
    "ends with its parent, even amid a file that would keep it busy for minutes",
    async () => {
      const code = `
      const { ParserProcess } = await import(${JSON.stringify(new URL("parser-process.ts", folder).href)});
      const { execFileSync } = await import("node:child_process");
      const parser = new ParserProcess({ timeoutMs: 600_000, ocrPageTimeoutMs: 45_000, memoryMegabytes: 1024 });
      await parser.parse({ bytes: Buffer.from("hello"), name: "a.txt" });
      void parser.parse({ bytes: Buffer.from("<html>" + "<b></x>".repeat(19_000) + "</y>".repeat(9_000_000)), name: "a.html" });
      setTimeout(() => process.stdout.write(execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)])), 1000);`;
      const parent = spawn(process.execPath, ["--input-type=module", "-e", code], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [output] = (await once(parent.stdout, "data")) as [Buffer];
      const child = Number(/^\s*(\d+) .*parser-child/mu.exec(output.toString())?.[1]);
      expect(isRunning(child)).toBe(true);
      parent.kill("SIGKILL");
      await expect.poll(() => isRunning(child), { timeout: 30_000, interval: 100 }).toBe(false);
    },
    SLOW,
  );
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
