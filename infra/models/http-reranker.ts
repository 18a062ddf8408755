import { z } from "zod";
import { GroundworkError } from "../errors.ts";
import { cancelled } from "./cancelled.ts";
import type { Reranker } from "./port.ts";

export interface HttpRerankerOptions {
  /** Such as `https://api.jina.ai/v1` or `http://127.0.0.1:8000`; `/rerank` is added where it does not end so. */
  readonly url: string;
  readonly model: string;
  /** Null for servers that ask for none. */
  readonly apiKey: string | null;
  /** For one request, answer included. */
  readonly timeoutMs: number;
}

/** More than a chunk holds; a server refuses or cuts what exceeds its model's window. */
const MAXIMUM_CHARACTERS = 8_000;
/** Passing states of a server: timeout, too early, too many requests, and its own faults. */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);
const FIRST_SERVER_FAULT = 500;

const answerSchema = z.object({
  results: z.array(z.object({ index: z.number().int().min(0), relevance_score: z.number() })),
});

/**
 * A reranker behind the protocol that Jina, Cohere and vLLM share, and text-embeddings-inference behind most gateways: `POST /rerank` with
 * `model`, `query`, `documents` and `top_n`, answered by `results` of `index` and `relevance_score`. No redirect is followed, for it would take
 * the texts elsewhere.
 */
export function httpReranker(options: HttpRerankerOptions): Reranker {
  const url = rerankAddress(options.url);
  return {
    id: `rerank/${url.host}/${options.model}`,
    async rerank(question, texts, signal) {
      if (signal?.aborted) throw cancelled(signal);
      if (texts.length === 0) return [];
      const deadline = AbortSignal.timeout(options.timeoutMs);
      try {
        const ended = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
        return scores(await send(url, options, question, texts, ended), texts.length);
      } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        if (error instanceof GroundworkError) throw error;
        throw unavailable(
          deadline.aborted
            ? `The reranker was silent for ${options.timeoutMs / 1000} seconds.`
            : "The connection to the reranker failed.",
          true,
        );
      }
    },
  };
}

function rerankAddress(base: string): URL {
  const url = new URL(base);
  if (!url.pathname.endsWith("/rerank")) url.pathname = `${url.pathname.replace(/\/+$/, "")}/rerank`;
  return url;
}

async function send(
  url: URL,
  { model, apiKey }: HttpRerankerOptions,
  query: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  const documents = texts.map((text) => text.slice(0, MAXIMUM_CHARACTERS));
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({ model, query, documents, top_n: documents.length }),
    redirect: "error",
    signal,
  });
  if (!response.ok) {
    // What the server says is dropped: it may quote the texts or the key.
    await response.body?.cancel();
    throw unavailable(explainStatus(response.status), isPassing(response.status));
  }
  return response.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) throw malformed();
    throw error;
  });
}

/** Raw scores of a cross-encoder lie anywhere; then the logistic function brings them between 0 and 1 and keeps their order. */
function scores(answer: unknown, count: number): readonly number[] {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw malformed();
  const byIndex = new Map(parsed.data.results.map(({ index, relevance_score }) => [index, relevance_score]));
  if (parsed.data.results.length !== count || byIndex.size !== count) throw malformed();
  const inOrder = Array.from({ length: count }, (_, index) => {
    const score = byIndex.get(index);
    if (score === undefined) throw malformed();
    return score;
  });
  const isShare = inOrder.every((score) => score >= 0 && score <= 1);
  return isShare ? inOrder : inOrder.map((score) => 1 / (1 + Math.exp(-score)));
}

function malformed(): GroundworkError {
  return new GroundworkError("model-answer", "The reranker's answer is not in the expected form.");
}

function unavailable(message: string, retryable: boolean): GroundworkError {
  return new GroundworkError("model-unavailable", message, { retryable });
}

function isPassing(status: number): boolean {
  return RETRYABLE_STATUSES.has(status) || status >= FIRST_SERVER_FAULT;
}

function explainStatus(status: number): string {
  if (status === 401 || status === 403) return "The reranker refuses the key: check RERANK_API_KEY.";
  if (status === 404) return "The reranker does not know the address or the model: check RERANK_URL and RERANK_MODEL.";
  return `The reranker refuses the request or failed (HTTP ${status}).`;
}
