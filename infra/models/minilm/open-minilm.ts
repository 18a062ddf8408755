import { availableParallelism } from "node:os";
import { GroundworkError } from "../../errors.ts";
import { cancelled } from "../cancelled.ts";
import type { EmbeddedText, Embedder, QuestionToken } from "../port.ts";
import { HIDDEN_SIZE } from "./build-graph.ts";
import { findModelFile } from "./model-file.ts";
import { planBatches } from "./plan-batches.ts";
import { ThreadPool } from "./thread-pool.ts";
import { cutText } from "./tokenize.ts";
import type { BuildResult, EmbedTask } from "./worker.ts";

export interface MiniLmOptions {
  /** Keeps the built model, 60 MB. Created when missing; may be emptied at any time. */
  readonly cacheDirectory: string;
  /** Worker threads, each with its own copy of the model (about 100 MB). By default the cores, up to two. */
  readonly threads?: number;
}

const WORKER = new URL("./worker.ts", import.meta.url);
const DEFAULT_MAXIMUM_THREADS = 2;

/** Calls of up to this many texts count as questions: they go before all ingestion that still waits. */
const QUESTION_TEXTS = 4;
const QUESTION_PRIORITY = 1;

/** Once this many texts wait, further calls are refused, so that a flood fails early instead of filling the memory. */
const MAXIMUM_WAITING_TEXTS = 20_000;

/**
 * all-MiniLM-L6-v2 on this machine's CPU, offline: 384 dimensions, English, the first 256 tokens of each text.
 * The first opening builds the model (about one second); every opening loads it once for each thread.
 * A call of up to four texts goes before longer calls and waits at most for one running batch, some 130 ms.
 * Throws `model-unavailable` when the model's package is missing or altered, or the cache directory cannot be written.
 */
export async function openMiniLm(options: MiniLmOptions): Promise<Embedder> {
  const threads = options.threads ?? Math.min(availableParallelism(), DEFAULT_MAXIMUM_THREADS);
  const modelPath = (await findModelFile(options.cacheDirectory)) ?? (await buildInThread(options.cacheDirectory));
  const pool = new ThreadPool({ module: WORKER, threads });
  const embedder = new MiniLmEmbedder(pool, modelPath);
  try {
    await embedder.warmUp();
    return embedder;
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

/** Building takes a second and 200 MB: a thread of its own keeps the event loop free and gives the memory back. */
async function buildInThread(cacheDirectory: string): Promise<string> {
  const pool = new ThreadPool({ module: WORKER, threads: 1 });
  try {
    const result = await pool.run<BuildResult>("buildModel", cacheDirectory);
    if (result !== null && "modelPath" in result) return result.modelPath;
    throw new GroundworkError("model-unavailable", result?.fault ?? "The embedding model could not be built.");
  } finally {
    await pool.close();
  }
}

class MiniLmEmbedder implements Embedder {
  readonly id = "minilm-l6-v2/q8/mean/256";
  readonly dimensions = HIDDEN_SIZE;
  readonly #pool: ThreadPool;
  readonly #modelPath: string;
  readonly #openCalls = new Set<(reason: GroundworkError) => void>();
  #waitingTexts = 0;
  #closed = false;

  constructor(pool: ThreadPool, modelPath: string) {
    this.#pool = pool;
    this.#modelPath = modelPath;
  }

  /** Makes every thread load the model. */
  async warmUp(): Promise<void> {
    await Promise.all(Array.from({ length: this.#pool.threads }, () => this.embed([""])));
  }

  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    return this.#called(texts, signal, (isNeeded) => this.#inBatches<Float32Array>("embedTexts", texts, isNeeded));
  }

  embedWithTokens(texts: readonly string[], signal?: AbortSignal): Promise<readonly EmbeddedText[]> {
    return this.#called(texts, signal, (isNeeded) =>
      this.#inBatches<EmbeddedText>("embedTextsWithTokens", texts, isNeeded),
    );
  }

  questionTokens(question: string, signal?: AbortSignal): Promise<readonly QuestionToken[]> {
    return this.#called([question], signal, async (isNeeded) => {
      const task: EmbedTask = { modelPath: this.#modelPath, texts: [cutText(question)] };
      const options = { priority: QUESTION_PRIORITY, isNeeded };
      return (await this.#pool.run<QuestionToken[]>("readQuestionTokens", task, options)) ?? [];
    });
  }

  async #called<Result>(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    work: (isNeeded: () => boolean) => Promise<Result>,
  ): Promise<Result> {
    if (signal?.aborted) throw cancelled(signal);
    if (this.#closed) throw closed();
    if (this.#waitingTexts >= MAXIMUM_WAITING_TEXTS) throw busy();
    const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
    const cancel = () => stop(cancelled(signal));
    let isNeeded = true;
    signal?.addEventListener("abort", cancel, { once: true });
    this.#openCalls.add(stop);
    this.#waitingTexts += texts.length;
    try {
      return await Promise.race([stopped, work(() => isNeeded)]);
    } finally {
      isNeeded = false;
      this.#waitingTexts -= texts.length;
      this.#openCalls.delete(stop);
      signal?.removeEventListener("abort", cancel);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#openCalls) stop(closed());
    await this.#pool.close();
  }

  /** Calls the worker's function with batches of the texts; it gives one result a text. */
  async #inBatches<Result>(functionName: string, texts: readonly string[], isNeeded: () => boolean): Promise<Result[]> {
    const priority = texts.length <= QUESTION_TEXTS ? QUESTION_PRIORITY : 0;
    const results: Result[] = Array.from({ length: texts.length });
    const embedBatch = async (positions: readonly number[]) => {
      const task: EmbedTask = {
        modelPath: this.#modelPath,
        texts: positions.map((position) => cutText(texts[position] ?? "")),
      };
      const batch = await this.#pool.run<Result[]>(functionName, task, { priority, isNeeded });
      for (const [row, result] of (batch ?? []).entries()) results[positions[row] ?? 0] = result;
    };
    await Promise.all(planBatches(texts).map(embedBatch));
    return results;
  }
}

function closed(): GroundworkError {
  return new GroundworkError("model-unavailable", "The embedding model was closed.");
}

function busy(): GroundworkError {
  return new GroundworkError("model-unavailable", "Too many texts wait to be embedded: try again later.", {
    retryable: true,
  });
}
