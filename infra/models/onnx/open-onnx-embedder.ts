import { availableParallelism } from "node:os";
import { GroundworkError } from "../../errors.ts";
import { cancelled } from "../cancelled.ts";
import type { EmbeddedQuestion, EmbeddedText, Embedder, LikenessScale, TextUse } from "../port.ts";
import { withoutTokens } from "../without-tokens.ts";
import { planBatches } from "./plan-batches.ts";
import type { SentenceModel } from "./sentence-model.ts";
import { ThreadPool } from "./thread-pool.ts";
import { cutText } from "./tokenize.ts";
import type { EmbedTask } from "./worker.ts";

export interface OnnxEmbedderOptions {
  /** Worker threads, each with its own copy of the model. By default the cores, up to two. */
  readonly threads?: number;
  readonly likeness?: LikenessScale;
}

const WORKER = new URL("./worker.ts", import.meta.url);
const DEFAULT_MAXIMUM_THREADS = 2;

/** Calls of up to this many texts count as questions: they go before all ingestion that still waits. */
const QUESTION_TEXTS = 4;
const QUESTION_PRIORITY = 1;

/** Once this many texts wait, further calls are refused, so that a flood fails early instead of filling the memory. */
const MAXIMUM_WAITING_TEXTS = 20_000;

/**
 * A model on this machine's CPU. Opening loads it once for each thread. A call of up to four texts goes before longer calls and waits at
 * most for one running batch, with MiniLM some 130 ms. Throws `model-unavailable` when the model cannot be loaded or run.
 */
export async function openOnnxEmbedder(model: SentenceModel, options: OnnxEmbedderOptions = {}): Promise<Embedder> {
  const threads = options.threads ?? Math.min(availableParallelism(), DEFAULT_MAXIMUM_THREADS);
  const pool = new ThreadPool({ module: WORKER, threads });
  try {
    const task: EmbedTask = { model, texts: [""] };
    const warm = await Promise.all(Array.from({ length: threads }, () => pool.run<Float32Array[]>("embedTexts", task)));
    const embedder = new OnnxEmbedder(pool, model, warm[0]?.[0]?.length ?? 0, options.likeness);
    return model.tellsTokens ? embedder : withoutTokens(embedder);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class OnnxEmbedder implements Embedder {
  readonly id: string;
  readonly dimensions: number;
  declare readonly likeness?: LikenessScale;
  readonly #pool: ThreadPool;
  readonly #model: SentenceModel;
  readonly #openCalls = new Set<(reason: GroundworkError) => void>();
  #waitingTexts = 0;
  #closed = false;

  constructor(pool: ThreadPool, model: SentenceModel, dimensions: number, likeness: LikenessScale | undefined) {
    this.id = model.id;
    if (likeness !== undefined) this.likeness = likeness;
    this.dimensions = dimensions;
    this.#pool = pool;
    this.#model = model;
  }

  embed(texts: readonly string[], signal?: AbortSignal, use: TextUse = "text"): Promise<readonly Float32Array[]> {
    return this.#called(texts, use, signal, (...asked) => this.#inBatches<Float32Array>("embedTexts", ...asked));
  }

  embedWithTokens(texts: readonly string[], signal?: AbortSignal): Promise<readonly EmbeddedText[]> {
    return this.#called(texts, "text", signal, (...asked) =>
      this.#inBatches<EmbeddedText>("embedTextsWithTokens", ...asked),
    );
  }

  embedQuestion(question: string, signal?: AbortSignal): Promise<EmbeddedQuestion> {
    return this.#called([question], "question", signal, async (...asked) => {
      const [embedded] = await this.#inBatches<EmbeddedQuestion>("embedQuestions", ...asked);
      // Skipped: nobody waits for it any more.
      return embedded ?? { vector: new Float32Array(), tokens: [] };
    });
  }

  async #called<Result>(
    texts: readonly string[],
    use: TextUse,
    signal: AbortSignal | undefined,
    work: (texts: readonly string[], isNeeded: () => boolean) => Promise<Result>,
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
      const { prefixes, maximumTokens } = this.#model;
      const seen = texts.map((text) => prefixes[use] + cutText(text, maximumTokens));
      return await Promise.race([stopped, work(seen, () => isNeeded)]);
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
      const task: EmbedTask = { model: this.#model, texts: positions.map((position) => texts[position] ?? "") };
      const batch = await this.#pool.run<Result[]>(functionName, task, { priority, isNeeded });
      for (const [row, result] of (batch ?? []).entries()) results[positions[row] ?? 0] = result;
    };
    await Promise.all(planBatches(texts, this.#model.maximumTokens).map(embedBatch));
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
