import { createHash } from "node:crypto";
import type { Database, JobQueues, QueuedJob, QueueProgress } from "../../infra/db/port.ts";
import type { Log } from "../../infra/log.ts";
import { type EmbeddingWork, type ReadingWork, STAGES, type Stage } from "./work.ts";

/** More than this waiting in the stages that follow, and no more is fetched: what is read should be used while it is fresh. */
const MOST_WAITING = 2_000;
/** The setting that says, to all processes, that work waits. */
const PAUSED = "ingestion.paused";
const LOOK_AGAIN_AFTER_MS = 1_000;

interface Seen {
  readonly value: boolean;
  readonly at: number;
}

type Queueable = readonly [Exclude<Stage, "embed">, ReadingWork] | readonly ["embed", EmbeddingWork];

/** The queues of the stages, opened when they are first needed. */
export class StageQueues {
  readonly #database: Pick<Database, "openQueues" | "settings">;
  readonly #log: Log;
  /** Who waits, and for work of which stage. */
  readonly #listeners = new Map<() => void, Stage | null>();
  #opening: Promise<JobQueues> | null = null;
  #paused: Seen | null = null;
  #full: Seen | null = null;

  constructor(database: Pick<Database, "openQueues" | "settings">, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  async send(works: readonly Queueable[], priority: number): Promise<void> {
    const queues = await this.#open();
    for (const [stage, some = []] of Object.entries(Object.groupBy(works, ([each]) => each))) {
      await queues.send(
        stage,
        some.map(([, data]) => ({ key: keyOf(data), data, priority })),
      );
      this.wake(stage);
    }
  }

  /** A job of the stage, unless work is paused or what follows has enough to do. */
  async take(stage: Stage): Promise<QueuedJob | null> {
    if (await this.isPaused()) return null;
    const queues = await this.#open();
    if (stage === "fetch" && (await this.#isFull(queues))) return null;
    return queues.take(stage);
  }

  async finish(job: QueuedJob, output: object): Promise<void> {
    await (await this.#open()).finish(job, output);
  }

  async giveBack(job: QueuedJob): Promise<void> {
    await (await this.#open()).giveBack(job);
  }

  async fail(job: QueuedJob, reason: { readonly code: string; readonly reason: string }): Promise<void> {
    await (await this.#open()).fail(job, reason);
  }

  async touch(jobs: readonly QueuedJob[]): Promise<void> {
    await (await this.#open()).touch(jobs);
  }

  async givenUp(): ReturnType<JobQueues["givenUp"]> {
    return (await this.#open()).givenUp();
  }

  async progress(): Promise<readonly QueueProgress[]> {
    return (await this.#open()).progress();
  }

  async outputs(run: string): ReturnType<JobQueues["outputs"]> {
    return (await this.#open()).outputs(run);
  }

  async isPaused(): Promise<boolean> {
    if (this.#paused === null || performance.now() - this.#paused.at > LOOK_AGAIN_AFTER_MS) {
      this.#paused = { value: (await this.#database.settings.get(PAUSED)) === "true", at: performance.now() };
    }
    return this.#paused.value;
  }

  async setPaused(value: boolean): Promise<void> {
    await this.#database.settings.set(PAUSED, String(value));
    this.#paused = { value, at: performance.now() };
    this.wake();
  }

  /** Resolves when something was queued here, for the stage where one is named, or after the time. */
  async news(milliseconds: number, signal: AbortSignal, stage: Stage | null = null): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => resolve();
    signal.addEventListener("abort", stop, { once: true });
    this.#listeners.set(resolve, stage);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    this.#listeners.delete(resolve);
  }

  /** Those who wait for the stage, or all. */
  wake(stage: string | null = null): void {
    for (const [listener, awaited] of this.#listeners) if (stage === null || awaited === stage) listener();
  }

  async close(): Promise<void> {
    await (await this.#opening)?.close();
    this.#opening = null;
  }

  async #isFull(queues: JobQueues): Promise<boolean> {
    if (this.#full === null || performance.now() - this.#full.at > LOOK_AGAIN_AFTER_MS) {
      const following = (await queues.progress()).filter(({ queue }) => queue !== "fetch");
      const waiting = following.reduce((sum, each) => sum + each.waiting, 0);
      this.#full = { value: waiting > MOST_WAITING, at: performance.now() };
    }
    return this.#full.value;
  }

  #open(): Promise<JobQueues> {
    const onFault = (error: Error) => this.#log.warn({ error }, "upkeep of the queues failed");
    this.#opening ??= this.#database.openQueues(STAGES, onFault).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }
}

/** The same work, whatever run it belongs to. */
function keyOf(work: ReadingWork | EmbeddingWork): string {
  const what = "scope" in work ? [work.source, work.scope] : work.documents;
  return createHash("sha256").update(JSON.stringify(what)).digest("base64url").slice(0, 32);
}
