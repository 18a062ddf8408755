import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JobQueues, NewJob } from "../../infra/db/port.ts";
import { PATIENCE, type TestDatabase } from "../support/test-database.ts";

const QUEUES = ["first", "second"] as const;
const data = (source: string) => ({ source, run: "run-1", size: 1 });
const job = (key: string, more: Partial<NewJob> = {}): NewJob => ({ key, data: { key, size: 3 }, ...more });

/** What ingestion leans on of the queues and the lease. */
export function jobQueuesContract(opened: () => TestDatabase): void {
  describe("queues of work", { timeout: PATIENCE }, () => {
    let queues: JobQueues;
    beforeAll(async () => {
      queues = await opened().database.openQueues(QUEUES, () => undefined);
    }, PATIENCE);
    afterAll(() => queues.close());

    const drain = async (queue: string) => {
      const taken: unknown[] = [];
      for (let next = await queues.take(queue); next !== null; next = await queues.take(queue)) {
        taken.push((next.data as { key: string }).key);
        await queues.finish(next);
      }
      return taken;
    };

    it("give the most urgent job first, each once, and hold the same one once while it waits", async () => {
      await queues.send("first", [job("a"), job("b"), job("urgent", { priority: 5 }), job("a")]);
      await queues.send("first", [job("b")]);
      expect(await drain("first")).toEqual(["urgent", "a", "b"]);
      expect(await queues.take("second")).toBeNull();
      await queues.send("first", [job("a")]);
      expect(await drain("first")).toEqual(["a"]);
    });

    it("tell how much is left and what was done", async () => {
      await queues.send("second", [job("a"), job("b")]);
      const taken = await queues.take("second");
      const progress = await queues.progress();
      expect(progress.map(({ queue }) => queue)).toEqual(QUEUES);
      expect(progress[1]).toMatchObject({ waiting: 1, active: 1, unitsLeft: 6, unitsPerMinute: 0 });
      if (taken !== null) await queues.finish(taken);
      expect((await queues.progress())[1]).toMatchObject({ waiting: 1, active: 0, unitsLeft: 3, unitsPerMinute: 3 });
      await drain("second");
    });

    it("add up what the jobs of a run came to, by source", async () => {
      await queues.send("first", [
        { key: "a", data: data("odoo") },
        { key: "b", data: data("odoo") },
        { key: "c", data: data("folder") },
      ]);
      for (let next = await queues.take("first"); next !== null; next = await queues.take("first")) {
        await queues.finish(next, { written: 2, failed: 1 });
      }
      expect(await queues.outputs("run-1")).toEqual(
        new Map([
          ["odoo", { written: 4, failed: 2 }],
          ["folder", { written: 2, failed: 1 }],
        ]),
      );
      expect(await queues.outputs("run-2")).toEqual(new Map());
    });

    it("take a job back as if it had never been given", async () => {
      await queues.send("first", [job("back")]);
      for (let time = 0; time < 8; time++) {
        const taken = await queues.take("first");
        expect(taken).toMatchObject({ failures: 0, data: { key: "back" } });
        if (taken !== null) await queues.giveBack(taken);
      }
      expect(await drain("first")).toEqual(["back"]);
    });

    it("give a failed job again after a pause", async () => {
      await queues.send("first", [job("failing")]);
      const taken = await queues.take("first");
      if (taken !== null) await queues.fail(taken, { code: "internal", reason: "No." });
      expect(await queues.take("first")).toBeNull();
      expect((await queues.progress())[0]).toMatchObject({ waiting: 1, active: 0 });
      expect(await queues.givenUp()).toEqual([]);
    });
  });

  describe("a lease", () => {
    it("has one holder, until that lets it go", async () => {
      const { database } = opened();
      const [one, other] = [database.lease("following"), database.lease("following")];
      expect([await one.hold(), await other.hold()]).toEqual([true, false]);
      expect(await one.hold()).toBe(true);
      expect(await database.lease("something else").hold()).toBe(true);
      await other.release();
      expect(await other.hold()).toBe(false);
      await one.release();
      expect([await other.hold(), await one.hold()]).toEqual([true, false]);
    });
  });
}
