import type OpenAI from "openai";
import { z } from "zod";
import { GroundworkError } from "../errors.ts";
import { cancelled } from "./cancelled.ts";
import { endpointId, openAiClient, type OpenAiEndpoint } from "./openai-endpoint.ts";
import { malformedAnswer, openAiFailure, timedOut } from "./openai-failure.ts";
import type { ChatMessage, LanguageModel } from "./port.ts";

export interface LanguageModelOptions extends OpenAiEndpoint {
  /** The longest silence of the server, before its first piece and between pieces. */
  readonly timeoutMs: number;
}

/** What we read of a streamed chunk; the last one may carry usage and no choice. */
const chunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

/**
 * A chat model behind an OpenAI-compatible endpoint, streamed. Nothing is sent before the first call. Nothing is repeated: errors say
 * whether trying again may help. An answer that is empty, cut at the length limit or withheld by a filter ends in `model-answer`,
 * after the pieces that came.
 */
export function openLanguageModel(options: LanguageModelOptions): LanguageModel {
  const client = openAiClient(options, options.timeoutMs);
  return {
    id: endpointId("openai-chat", options),
    complete: (messages, signal) => complete(client, options, messages, signal),
  };
}

async function* complete(
  client: OpenAI,
  { model, timeoutMs }: LanguageModelOptions,
  messages: readonly ChatMessage[],
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  if (signal?.aborted) throw cancelled(signal);
  const request = new AbortController();
  const silence = new SilenceTimer(timeoutMs, request);
  const cancel = () => request.abort();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    for await (const piece of readAnswer(await startAnswer(client, model, messages, request))) {
      silence.pause();
      if (signal?.aborted) break;
      yield piece;
      silence.restart();
    }
  } catch (error) {
    if (!request.signal.aborted) throw openAiFailure(error);
  } finally {
    silence.pause();
    signal?.removeEventListener("abort", cancel);
  }
  if (signal?.aborted) throw cancelled(signal);
  if (silence.exceeded) throw timedOut(timeoutMs);
}

async function startAnswer(
  client: OpenAI,
  model: string,
  messages: readonly ChatMessage[],
  request: AbortController,
): Promise<AsyncIterable<unknown>> {
  return client.chat.completions.create({ model, messages: [...messages], stream: true }, { signal: request.signal });
}

/** Yields the pieces and insists on a proper end. */
async function* readAnswer(chunks: AsyncIterable<unknown>): AsyncGenerator<string, void, undefined> {
  let finishReason: string | null = null;
  let isEmpty = true;
  let sawChunk = false;
  for await (const chunk of chunks) {
    const parsed = chunkSchema.safeParse(chunk);
    if (!parsed.success) throw malformedAnswer();
    sawChunk = true;
    const choice = parsed.data.choices[0];
    finishReason = choice?.finish_reason ?? finishReason;
    const piece = choice?.delta?.content ?? "";
    if (piece === "") continue;
    isEmpty = false;
    yield piece;
  }
  checkEnd({ finishReason, isEmpty, sawChunk });
}

function checkEnd(end: { finishReason: string | null; isEmpty: boolean; sawChunk: boolean }): void {
  if (!end.sawChunk) throw malformedAnswer();
  if (end.finishReason === null) {
    throw new GroundworkError("model-unavailable", "The model server broke off its answer: try again.", {
      retryable: true,
    });
  }
  if (end.finishReason === "length") {
    throw new GroundworkError("model-answer", "The model's answer was cut off at its length limit: ask for less.");
  }
  if (end.finishReason === "content_filter") {
    throw new GroundworkError("model-answer", "The model server's content filter withheld the answer.");
  }
  if (end.isEmpty) throw new GroundworkError("model-answer", "The model gave an empty answer.");
}

/** Aborts a request when the server is silent for too long; time that the reader of the answer takes does not count. */
class SilenceTimer {
  readonly #milliseconds: number;
  readonly #request: AbortController;
  #timer: NodeJS.Timeout | undefined;
  exceeded = false;

  constructor(milliseconds: number, request: AbortController) {
    this.#milliseconds = milliseconds;
    this.#request = request;
    this.restart();
  }

  restart(): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.exceeded = true;
      this.#request.abort();
    }, this.#milliseconds);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }
}
