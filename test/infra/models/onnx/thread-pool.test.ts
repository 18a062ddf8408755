import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ThreadPool } from "../../../../infra/models/onnx/thread-pool.ts";
import type { ScriptedTask } from "./scripted-worker.ts";

let directory: string;
let pool: ThreadPool;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "threads-"));
  pool = new ThreadPool({ module: new URL("./scripted-worker.ts", import.meta.url), threads: 1 });
});

afterEach(async () => {
  await pool.close();
  await rm(directory, { recursive: true });
});

function task(name: string, deaths = 0): ScriptedTask {
  return { journal: join(directory, "journal"), name, deaths };
}

async function journal(): Promise<string[]> {
  return (await readFile(join(directory, "journal"), "utf8")).trim().split("\n");
}

describe("ThreadPool", () => {
  it("does a task once more in a new thread when its thread dies", async () => {
    expect(await pool.run("act", task("fragile", 1))).toBe("fragile");
    expect(await journal()).toEqual(["fragile", "fragile"]);
  });

  it("gives up a task that kills two threads, and goes on with the next", async () => {
    const [deadly, next] = await Promise.allSettled([
      pool.run("act", task("deadly", 9)),
      pool.run("act", task("next")),
    ]);
    expect(deadly).toMatchObject({ status: "rejected", reason: { code: "model-unavailable", retryable: true } });
    expect(next).toMatchObject({ status: "fulfilled", value: "next" });
    expect(await journal()).toEqual(["deadly", "deadly", "next"]);
  });

  it("starts tasks of higher priority first and others in their order", async () => {
    await Promise.all([
      pool.run("act", task("running")),
      pool.run("act", task("first")),
      pool.run("act", task("second")),
      pool.run("act", task("urgent"), { priority: 1 }),
    ]);
    expect(await journal()).toEqual(["running", "urgent", "first", "second"]);
  });

  it("skips a task that is no longer needed when its turn comes", async () => {
    const running = pool.run("act", task("running"));
    expect(await pool.run("act", task("unneeded"), { isNeeded: () => false })).toBeNull();
    await running;
    expect(await journal()).toEqual(["running"]);
  });

  it("closes when the task under way is done, and drops what waits", async () => {
    const running = pool.run("act", { ...task("running"), milliseconds: 200 });
    void pool.run("act", task("waiting"));
    while ((await journal().catch(() => [])).length === 0) await wait(5);
    await pool.close();
    expect(await running).toBe("running");
    expect(await journal()).toEqual(["running", "running done"]);
  });

  it("refuses work after it was closed", async () => {
    await pool.close();
    await expect(pool.run("act", task("late"))).rejects.toMatchObject({ code: "model-unavailable" });
  });
});
