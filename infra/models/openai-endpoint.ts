import OpenAI from "openai";

/** Where a model is served, in the protocol of OpenAI: OpenAI itself, vLLM, Ollama, llama.cpp, most gateways. */
export interface OpenAiEndpoint {
  /** Such as `http://127.0.0.1:11434/v1`. OpenAI's own when null. */
  readonly baseUrl: string | null;
  /** Null for servers that ask for none. */
  readonly apiKey: string | null;
  readonly model: string;
}

const OPENAI_BASE_URL = "https://api.openai.com/v1";

/** Names the endpoint's host and model, never its path, key or user. */
export function endpointId(kind: string, { baseUrl, model }: OpenAiEndpoint): string {
  return `${kind}/${new URL(baseUrl ?? OPENAI_BASE_URL).host}/${model}`;
}

/**
 * The official client without what it would do behind our back: log bodies, read keys from the environment, follow a redirect with
 * document text to another host, or repeat requests, which is for callers to decide.
 */
export function openAiClient({ baseUrl, apiKey }: OpenAiEndpoint, timeoutMs: number): OpenAI {
  return new OpenAI({
    baseURL: baseUrl ?? OPENAI_BASE_URL,
    // The client refuses to work without a key; a server that asks for none ignores it.
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    timeout: timeoutMs,
    maxRetries: 0,
    logLevel: "off",
    fetchOptions: { redirect: "error" },
  });
}
