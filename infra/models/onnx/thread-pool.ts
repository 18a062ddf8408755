import PQueue from "p-queue";
import { Piscina } from "piscina";
import { GroundworkError } from "../../errors.ts";

export interface ThreadPoolOptions {
  /** The module that every thread loads; TypeScript as it is. */
  readonly module: URL;
  readonly threads: number;
}

/**
 * A fixed number of worker threads that each do one task at a time, tasks of higher priority first.
 * A thread that dies is replaced and its task is done once more: a second failure is the task's own.
 */
export class ThreadPool {
  readonly threads: number;
  readonly #queue: PQueue;
  readonly #workers: Piscina;
  #closing: Promise<void> | null = null;

  constructor({ module, threads }: ThreadPoolOptions) {
    this.threads = threads;
    this.#queue = new PQueue({ concurrency: threads });
    this.#workers = new Piscina({
      filename: module.href,
      minThreads: threads,
      maxThreads: threads,
      recordTiming: false,
    });
    // A thread that dies between tasks is replaced and fails nothing; without a listener its error would end the process.
    this.#workers.on("error", () => undefined);
  }

  /**
   * Calls the module's exported function in a thread. Where `isNeeded` answers false when the task's turn comes, it is skipped and the
   * result is null. Throws `model-unavailable` (retryable) when the task failed twice or the pool was closed; once closed, tasks that
   * wait stay unsettled.
   */
  async run<Result>(
    functionName: string,
    task: unknown,
    { priority = 0, isNeeded = () => true }: { priority?: number; isNeeded?: () => boolean } = {},
  ): Promise<Result | null> {
    return this.#queue.add(async () => (isNeeded() ? await this.#attemptTwice<Result>(functionName, task) : null), {
      priority,
    });
  }

  /** Ends each thread after its task; tasks that wait are dropped. */
  async close(): Promise<void> {
    this.#closing ??= this.#endThreads();
    await this.#closing;
  }

  /** Native code that calls back into a thread which was ended meanwhile takes the whole process with it. */
  async #endThreads(): Promise<void> {
    this.#queue.clear();
    await this.#queue.onIdle();
    await this.#workers.destroy();
  }

  async #attemptTwice<Result>(functionName: string, task: unknown): Promise<Result> {
    // A destroyed Piscina would start new threads for new tasks.
    if (this.#closing !== null) throw failed();
    try {
      return (await this.#workers.run(task, { name: functionName })) as Result;
    } catch (cause) {
      if (this.#closing !== null) throw failed(cause);
    }
    try {
      return (await this.#workers.run(task, { name: functionName })) as Result;
    } catch (cause) {
      throw failed(cause);
    }
  }
}

function failed(cause?: unknown): GroundworkError {
  return new GroundworkError("model-unavailable", "The embedding model stopped while it worked: try again.", {
    cause,
    retryable: true,
  });
}
