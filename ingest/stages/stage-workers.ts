import type { QueuedJob } from "../../infra/db/port.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { Log } from "../../infra/log.ts";
import type { StageQueues } from "./stage-queues.ts";
import { STAGES, type Stage } from "./work.ts";

/** Does a job; what it returns is kept with it for a while. */
export type DoWork = (stage: Stage, job: QueuedJob, signal: AbortSignal) => Promise<object>;

/**
 * Jobs that one process works on at once. A burst of scans keeps one of two parsers busy, never both; while the vectors of one job are
 * stored, the next is being embedded.
 */
const CONCURRENCY: Readonly<Record<Stage, number>> = { fetch: 3, parse: 2, ocr: 1, embed: 2 };
/** Other processes queue work too, and what failed becomes due again. */
const LOOK_EVERY_MS = 1_000;
const TOUCH_EVERY_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Works on the queues of all stages until the signal aborts; what is under way then goes back to its queue. */
export class StageWorkers {
  readonly #queues: StageQueues;
  readonly #doWork: DoWork;
  readonly #log: Log;
  readonly #underWay = new Set<QueuedJob>();

  constructor(queues: StageQueues, doWork: DoWork, log: Log) {
    this.#queues = queues;
    this.#doWork = doWork;
    this.#log = log;
  }

  async run(signal: AbortSignal): Promise<void> {
    const touching = setInterval(() => void this.#touch(), TOUCH_EVERY_MS);
    const workers = STAGES.flatMap((stage) =>
      Array.from({ length: CONCURRENCY[stage] }, () => this.#work(stage, signal)),
    );
    await Promise.all(workers);
    clearInterval(touching);
  }

  async #work(stage: Stage, signal: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        const job = await this.#queues.take(stage);
        if (job === null) await this.#queues.news(LOOK_EVERY_MS, signal, stage);
        else await this.#do(stage, job, signal);
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) return;
        // Odoo, the database or the model is away: no job's fault, and no job's attempt.
        this.#log.warn({ error, stage, pauseMs: pause }, "stage waits");
        await this.#queues.news(pause, signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  async #do(stage: Stage, job: QueuedJob, signal: AbortSignal): Promise<void> {
    this.#underWay.add(job);
    try {
      await this.#queues.finish(job, await this.#doWork(stage, job, signal));
    } catch (error) {
      if (signal.aborted || isOutage(error)) {
        await this.#queues.giveBack(job);
        throw error;
      }
      this.#log.warn({ error, stage, job: job.id, failures: job.failures }, "job failed");
      await this.#queues.fail(job, reasonOf(error));
    } finally {
      this.#underWay.delete(job);
    }
  }

  async #touch(): Promise<void> {
    if (this.#underWay.size === 0) return;
    await this.#queues
      .touch([...this.#underWay])
      .catch((error: unknown) => this.#log.warn({ error }, "jobs not touched"));
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof GroundworkError && error.retryable;
}

function reasonOf(error: unknown): { readonly code: string; readonly reason: string } {
  if (error instanceof GroundworkError) return { code: error.code, reason: error.message };
  return { code: "internal", reason: "It ended with an error that is not known. The log has it." };
}
