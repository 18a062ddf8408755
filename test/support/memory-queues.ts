import type { JobQueues, QueuedJob } from "../../infra/db/port.ts";

interface Held extends QueuedJob {
  readonly key: string;
  readonly state: "waiting" | "active" | "done" | "given-up";
  readonly output?: Readonly<Record<string, number>>;
  readonly code?: string;
  readonly reason?: string;
}

export interface MemoryQueues extends JobQueues {
  readonly jobs: ReadonlyMap<string, Held>;
}

/** Queues without a database, of which failed jobs are due again at once. */
export function memoryQueues(attempts = 3): MemoryQueues {
  const jobs = new Map<string, Held>();
  const put = (job: QueuedJob, changes: Partial<Held>): void => {
    const held = jobs.get(job.id);
    if (held !== undefined) jobs.set(job.id, { ...held, ...changes });
  };
  const of = (queue: string, state: Held["state"]) =>
    [...jobs.values()].filter((job) => job.queue === queue && job.state === state);
  return {
    jobs,
    send: async (queue, added) => {
      for (const { key, data, priority = 0 } of added) {
        if (of(queue, "waiting").some((job) => job.key === key)) continue;
        const id = String(jobs.size + 1);
        jobs.set(id, { queue, id, key, data, priority, failures: 0, state: "waiting" });
      }
    },
    take: async (queue) => {
      const [next] = of(queue, "waiting").toSorted((left, right) => right.priority - left.priority);
      if (next === undefined) return null;
      put(next, { state: "active" });
      return next;
    },
    finish: async (job, output) => put(job, { state: "done", output: { ...output } }),
    giveBack: async (job) => put(job, { state: "waiting" }),
    fail: async (job, reason) => {
      const failures = job.failures + 1;
      put(job, { failures, ...reason, state: failures < attempts ? "waiting" : "given-up" });
    },
    givenUp: async () => {
      const lost = [...jobs.values()].filter(({ state }) => state === "given-up");
      for (const job of lost) put(job, { state: "done" });
      return lost.map((job) => ({ ...job, code: job.code ?? "", reason: job.reason ?? "" }));
    },
    touch: async () => {},
    progress: async () =>
      [...new Set([...jobs.values()].map(({ queue }) => queue))].map((queue) => ({
        queue,
        waiting: of(queue, "waiting").length,
        active: of(queue, "active").length,
        unitsLeft: of(queue, "waiting").length + of(queue, "active").length,
        unitsPerMinute: 0,
      })),
    outputs: async () => new Map(),
    close: async () => {},
  };
}
