import { createHash } from "node:crypto";
import type OpenAI from "openai";
import PQueue from "p-queue";
import { z } from "zod";
import { GroundworkError } from "../errors.ts";
import { cancelled } from "./cancelled.ts";
import { normalize } from "./normalize.ts";
import { endpointId, openAiClient, type OpenAiEndpoint } from "./openai-endpoint.ts";
import { malformedAnswer, openAiFailure, timedOut } from "./openai-failure.ts";
import type { Embedder, TextUse } from "./port.ts";

export interface OpenAiEmbedderOptions extends OpenAiEndpoint {
  /** For one request, answer included. */
  readonly timeoutMs: number;
  /** Length of the vectors; asked from the server when absent. */
  readonly dimensions?: number;
  /** The length, where it is known of an embedder of this id; a server that does not answer then keeps nothing from opening. */
  readonly knownDimensions?: (id: string) => Promise<number | null>;
  /** What the model was trained to see before questions and before texts. */
  readonly prefixes?: { readonly question?: string; readonly text?: string };
  /** Longer texts are cut here, as servers refuse what exceeds the model's window. By default 8,000: safe for 8,192 tokens. */
  readonly maximumCharacters?: number;
}

const MAXIMUM_TEXTS_PER_REQUEST = 64;
const MAXIMUM_REQUESTS = 2;
const DEFAULT_MAXIMUM_CHARACTERS = 8_000;
/** Calls of up to this many texts count as questions and overtake ingestion that waits. */
const QUESTION_TEXTS = 4;

const answerSchema = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()).min(1) })),
});

/**
 * An embedding model behind an OpenAI-compatible endpoint. Sends one word to learn the vectors' length when it is not given.
 * Errors of opening and embedding: `model-unavailable`; `model-answer` when vectors are missing or of another length; `cancelled`.
 */
export async function openOpenAiEmbedder(options: OpenAiEmbedderOptions): Promise<Embedder> {
  const requests = new EmbeddingRequests(options);
  const id = embedderId(options);
  const known = options.dimensions ?? (await options.knownDimensions?.(id)) ?? null;
  const dimensions = known ?? (await requests.embedBatch(["dimensions"], 1))[0]?.length ?? 0;
  return new OpenAiEmbedder(id, dimensions, requests, options.prefixes ?? {});
}

/** Other prefixes or another length make other vectors. */
function embedderId(options: OpenAiEmbedderOptions): string {
  const { dimensions, prefixes: { question = "", text = "" } = {} } = options;
  const prefixed = question + text === "" ? "" : `/${sha256(JSON.stringify([question, text])).slice(0, 8)}`;
  return `${endpointId("openai-embedding", options)}${dimensions === undefined ? "" : `/${dimensions}`}${prefixed}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

class OpenAiEmbedder implements Embedder {
  readonly id: string;
  readonly dimensions: number;
  readonly #requests: EmbeddingRequests;
  readonly #prefixes: NonNullable<OpenAiEmbedderOptions["prefixes"]>;

  constructor(
    id: string,
    dimensions: number,
    requests: EmbeddingRequests,
    prefixes: NonNullable<OpenAiEmbedderOptions["prefixes"]>,
  ) {
    this.id = id;
    this.dimensions = dimensions;
    this.#requests = requests;
    this.#prefixes = prefixes;
  }

  async embed(
    stated: readonly string[],
    signal?: AbortSignal,
    use: TextUse = "text",
  ): Promise<readonly Float32Array[]> {
    if (signal?.aborted) throw cancelled(signal);
    const prefix = this.#prefixes[use] ?? "";
    const texts = prefix === "" ? stated : stated.map((text) => prefix + text);
    const priority = texts.length <= QUESTION_TEXTS ? 1 : 0;
    // The first request that fails ends its siblings too.
    const call = new AbortController();
    const ended = signal === undefined ? call.signal : AbortSignal.any([call.signal, signal]);
    const starts = Array.from(
      { length: Math.ceil(texts.length / MAXIMUM_TEXTS_PER_REQUEST) },
      (_, batch) => batch * MAXIMUM_TEXTS_PER_REQUEST,
    );
    const batches = starts.map((start) => texts.slice(start, start + MAXIMUM_TEXTS_PER_REQUEST));
    try {
      const vectors = await Promise.all(batches.map((batch) => this.#requests.embedBatch(batch, priority, ended)));
      return this.#checked(vectors.flat());
    } catch (error) {
      call.abort();
      throw signal?.aborted ? cancelled(signal) : error;
    }
  }

  async close(): Promise<void> {
    this.#requests.close();
  }

  #checked(vectors: readonly Float32Array[]): readonly Float32Array[] {
    if (vectors.every((vector) => vector.length === this.dimensions)) return vectors;
    throw new GroundworkError(
      "model-answer",
      `The embedding model's vectors do not have the expected length of ${this.dimensions}.`,
    );
  }
}

/** A bounded number of requests at a time, questions first. */
class EmbeddingRequests {
  readonly #client: OpenAI;
  readonly #options: OpenAiEmbedderOptions;
  readonly #queue = new PQueue({ concurrency: MAXIMUM_REQUESTS });
  readonly #closing = new AbortController();

  constructor(options: OpenAiEmbedderOptions) {
    this.#options = options;
    this.#client = openAiClient(options, options.timeoutMs);
  }

  /** Vectors of unit length in the order of the texts. */
  async embedBatch(texts: readonly string[], priority: number, signal?: AbortSignal): Promise<Float32Array[]> {
    const ended = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    try {
      return await this.#queue.add(() => this.#request(texts, ended), { priority, signal: ended });
    } catch (error) {
      if (this.#closing.signal.aborted) {
        throw new GroundworkError("model-unavailable", "The embedding model was closed.", { cause: error });
      }
      throw ended.aborted ? cancelled(signal) : error;
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #request(texts: readonly string[], ended: AbortSignal): Promise<Float32Array[]> {
    const { model, timeoutMs, maximumCharacters = DEFAULT_MAXIMUM_CHARACTERS } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const answer: unknown = await this.#client.embeddings.create(
        {
          model,
          // Servers refuse empty texts.
          input: texts.map((text) => text.slice(0, maximumCharacters) || " "),
          // The client's own default, base64, is unknown to many compatible servers.
          encoding_format: "float",
        },
        { signal: AbortSignal.any([ended, deadline]) },
      );
      return inOrder(answer, texts.length);
    } catch (error) {
      if (deadline.aborted && !ended.aborted) throw timedOut(timeoutMs);
      throw openAiFailure(error);
    }
  }
}

/** The protocol allows answers in any order: each names the position of its text. */
function inOrder(answer: unknown, count: number): Float32Array[] {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success || parsed.data.data.length !== count) throw malformedAnswer();
  const byPosition = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
  return Array.from({ length: count }, (_, position) => {
    const embedding = byPosition.get(position);
    if (embedding === undefined) throw malformedAnswer();
    return normalize(Float32Array.from(embedding));
  });
}
