import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { lockDataDirectory, readLockOwner } from "../../../infra/db/directory-lock.ts";

const LOCK = new URL("../../../infra/db/directory-lock.ts", import.meta.url).href;

describe("the lock of a data directory", { timeout: 30_000 }, () => {
  let parent: string;
  let directory: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "groundwork-test-"));
    directory = join(parent, "data");
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(parent, { recursive: true, force: true });
  });

  /** Another process that takes the lock, publishes, and then waits for ever. */
  async function owner(payload: unknown): Promise<ChildProcess> {
    const program = `
      const { lockDataDirectory } = await import(${JSON.stringify(LOCK)});
      lockDataDirectory(${JSON.stringify(directory)}).publish(${JSON.stringify(payload)});
      process.stdout.write("held");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  }

  it("keeps a second process out with a sentence that names the first", async () => {
    const child = await owner(null);
    expect(() => lockDataDirectory(directory)).toThrow(
      expect.objectContaining({
        code: "data-directory-busy",
        message: expect.stringContaining(`process ${child.pid}`) as unknown,
      }),
    );
  });

  it("tells other processes what its owner published, in a file that only its user reads", async () => {
    const payload = { url: "http://127.0.0.1:3000", key: "secret" };
    const child = await owner(payload);
    expect(readLockOwner(directory)).toMatchObject({ pid: child.pid, payload });
    expect(statSync(join(directory, "owner.json")).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it("is free at once when its owner was killed, and then has no owner", async () => {
    const child = await owner({ url: "http://127.0.0.1:3000" });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(readLockOwner(directory)).toBeNull();
    lockDataDirectory(directory).release();
  });

  it("is held against the same process as well, until released", () => {
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(expect.objectContaining({ code: "data-directory-busy" }));
    expect(readLockOwner(directory)).toMatchObject({ pid: process.pid, payload: null });
    lock.release();
    lock.release();
    expect(readLockOwner(directory)).toBeNull();
    lockDataDirectory(directory).release();
  });

  it("has no owner where there is no directory", () => {
    expect(readLockOwner(join(parent, "nowhere"))).toBeNull();
  });

  it("says so when the directory cannot be used", () => {
    mkdirSync(join(parent, "file"));
    expect(() => lockDataDirectory("/dev/null/data")).toThrow(expect.objectContaining({ code: "configuration" }));
  });
});
