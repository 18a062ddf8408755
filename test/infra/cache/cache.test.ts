import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { memoryCache } from "../../../infra/cache/memory-cache.ts";
import type { Cache } from "../../../infra/cache/port.ts";
import { redisCache } from "../../../infra/cache/redis-cache.ts";
import { silentLog } from "../../support/silent-log.ts";

/** What every cache does. */
function cacheContract(name: string, open: () => Cache): void {
  it(`${name}: gives back what was put, and nothing else`, async () => {
    await using cache = open();
    expect(await cache.get("absent")).toBeUndefined();
    const value = [
      ["chunk/1", 0.25],
      ["ümlaut", 1e-9],
    ];
    await cache.set("key", value);
    expect(await cache.get("key")).toEqual(value);
    expect(await cache.get("key2")).toBeUndefined();
  });
}

describe("a cache in memory", () => {
  cacheContract("memory", () => memoryCache(60_000));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("a Redis that is not there", () => {
  it("holds nothing, keeps nobody waiting and breaks nothing", async () => {
    await using cache = redisCache(`redis://:secret@127.0.0.1:${await freePort()}`, 60_000, silentLog);
    await cache.set("key", 1);
    expect(await cache.get("key")).toBeUndefined();
  });

  it("holds nothing when it takes the connection and never answers", async () => {
    const mute = createServer(() => {}).listen(0, "127.0.0.1");
    await once(mute, "listening");
    const { port } = mute.address() as { port: number };
    const cache = redisCache(`redis://127.0.0.1:${port}`, 60_000, silentLog);
    expect(await cache.get("key")).toBeUndefined();
    expect(await cache.get("key")).toBeUndefined();
    mute.close();
  });
});

if (spawnSync("redis-server", ["--version"]).status !== 0) {
  process.stderr.write("\nNOT TESTED: the cache in Redis. Install redis-server.\n");
  describe("a cache in Redis", () => {
    it.skip("was not tested: install redis-server");
  });
} else {
  describe("a cache in Redis", () => {
    let directory: string;
    let server: ChildProcess;
    let port: number;

    async function start(): Promise<void> {
      const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory];
      server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "ignore"] });
      const { promise, resolve } = Promise.withResolvers<void>();
      server.stdout?.on("data", (line: Buffer) => {
        if (line.includes("Ready to accept connections")) resolve();
      });
      await promise;
    }
    async function stop(): Promise<void> {
      server.kill("SIGKILL");
      await once(server, "exit");
    }

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "groundwork-redis-"));
      port = await freePort();
      await start();
    });
    afterAll(async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    });

    cacheContract("Redis", () => redisCache(`redis://127.0.0.1:${port}`, 60_000, silentLog));

    it("is shared by all who name it", async () => {
      await using one = redisCache(`redis://127.0.0.1:${port}`, 60_000, silentLog);
      await using other = redisCache(`redis://127.0.0.1:${port}`, 60_000, silentLog);
      await one.set("shared", ["x"]);
      expect(await other.get("shared")).toEqual(["x"]);
    });

    it("forgets after its time", async () => {
      await using cache = redisCache(`redis://127.0.0.1:${port}`, 1, silentLog);
      await cache.set("short", 1);
      await expect.poll(() => cache.get("short")).toBeUndefined();
    });

    it("holds nothing once the server has died under it", async () => {
      await using cache = redisCache(`redis://127.0.0.1:${port}`, 60_000, silentLog);
      await cache.set("key", 1);
      await stop();
      expect(await cache.get("key")).toBeUndefined();
      await cache.set("key", 2);
      await start();
    });
  });
}
