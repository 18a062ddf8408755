import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { GroundworkError } from "./errors.ts";
import { type Secret, secret } from "./secret.ts";
import { positiveInteger, webAddress, yesOrNo } from "./setting-shapes.ts";

/** What the environment says of models. */
export const modelSettings = {
  OPENAI_BASE_URL: webAddress.optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  ANSWER_MODEL: z.string().min(1).optional(),
  ANSWER_TIMEOUT_MS: positiveInteger.default(60_000),
  RERANK_URL: webAddress.optional(),
  RERANK_MODEL: z.string().min(1).optional(),
  RERANK_API_KEY: z.string().min(1).optional(),
  RERANK_TIMEOUT_MS: positiveInteger.default(2_000),
  LATE_INTERACTION: yesOrNo.default(true),
  EMBED_MODEL_DIR: z.string().min(1).optional(),
  EMBED_MODEL: z.string().min(1).optional(),
  EMBED_BASE_URL: webAddress.optional(),
  EMBED_API_KEY: z.string().min(1).optional(),
  EMBED_DIMENSIONS: positiveInteger.optional(),
  EMBED_TIMEOUT_MS: positiveInteger.default(30_000),
  EMBED_QUESTION_PREFIX: z.string().optional(),
  EMBED_TEXT_PREFIX: z.string().optional(),
  EMBED_THREADS: positiveInteger.default(Math.min(availableParallelism(), 8)),
};

const schema = z.object(modelSettings);
type Environment = z.infer<typeof schema>;

/** The model that turns texts into vectors: the one that comes along, one in a directory, or one behind an OpenAI-compatible endpoint. */
export type EmbedderSetting =
  | { readonly kind: "bundled" }
  | { readonly kind: "directory"; readonly path: string; readonly prefixes: Prefixes }
  | {
      readonly kind: "endpoint";
      /** Null: OpenAI's own. */
      readonly baseUrl: string | null;
      readonly apiKey: Secret | null;
      readonly model: string;
      /** Null: the server is asked. */
      readonly dimensions: number | null;
      readonly timeoutMs: number;
      readonly prefixes: Prefixes;
    };

/** What stands before questions and before texts, where the model was trained so; absent: what the model itself states, or nothing. */
interface Prefixes {
  readonly question?: string;
  readonly text?: string;
}

/** The language model that writes answers. */
export interface AnswerModelSetting {
  readonly baseUrl: string | null;
  readonly apiKey: Secret | null;
  readonly model: string;
  readonly timeoutMs: number;
}

/** Puts the best hits of a search in order by reading them. */
export interface RerankerSetting {
  readonly url: string;
  readonly model: string;
  readonly apiKey: Secret | null;
  readonly timeoutMs: number;
}

/** Errors: `configuration`. */
export function rerankerSetting(values: Environment): RerankerSetting | null {
  const { RERANK_URL, RERANK_MODEL, RERANK_API_KEY, RERANK_TIMEOUT_MS } = values;
  if (RERANK_URL === undefined && RERANK_MODEL === undefined && RERANK_API_KEY === undefined) return null;
  if (RERANK_URL === undefined || RERANK_MODEL === undefined) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. RERANK_URL and RERANK_MODEL belong together: set both or none of the RERANK settings.",
    );
  }
  return {
    url: RERANK_URL,
    model: RERANK_MODEL,
    apiKey: RERANK_API_KEY === undefined ? null : secret(RERANK_API_KEY),
    timeoutMs: RERANK_TIMEOUT_MS,
  };
}

/** Errors: `configuration`. */
export function answerModelSetting(values: Environment): AnswerModelSetting | null {
  if (values.ANSWER_MODEL === undefined) {
    if (values.OPENAI_BASE_URL === undefined || values.EMBED_MODEL !== undefined) return null;
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. OPENAI_BASE_URL is set but neither ANSWER_MODEL nor EMBED_MODEL is: name the model that should write answers, or the one that should embed.",
    );
  }
  if (values.OPENAI_BASE_URL === undefined && values.OPENAI_API_KEY === undefined) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. ANSWER_MODEL needs OPENAI_BASE_URL, OPENAI_API_KEY or both.",
    );
  }
  return {
    baseUrl: values.OPENAI_BASE_URL ?? null,
    apiKey: values.OPENAI_API_KEY === undefined ? null : secret(values.OPENAI_API_KEY),
    model: values.ANSWER_MODEL,
    timeoutMs: values.ANSWER_TIMEOUT_MS,
  };
}

/** Errors: `configuration`. */
export function embedderSetting(values: Environment): EmbedderSetting {
  const { EMBED_MODEL_DIR, EMBED_MODEL, EMBED_QUESTION_PREFIX, EMBED_TEXT_PREFIX } = values;
  const prefixes: Prefixes = {
    ...(EMBED_QUESTION_PREFIX === undefined ? {} : { question: EMBED_QUESTION_PREFIX }),
    ...(EMBED_TEXT_PREFIX === undefined ? {} : { text: EMBED_TEXT_PREFIX }),
  };
  if (EMBED_MODEL_DIR !== undefined && EMBED_MODEL !== undefined) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. EMBED_MODEL_DIR and EMBED_MODEL name two embedders: set one of them.",
    );
  }
  if (EMBED_MODEL_DIR !== undefined) return { kind: "directory", path: resolve(EMBED_MODEL_DIR), prefixes };
  if (EMBED_MODEL !== undefined) return endpointSetting(values, EMBED_MODEL, prefixes);
  if (values.EMBED_BASE_URL ?? values.EMBED_API_KEY ?? values.EMBED_DIMENSIONS) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. EMBED_BASE_URL, EMBED_API_KEY and EMBED_DIMENSIONS belong to EMBED_MODEL: name the model that should embed.",
    );
  }
  return { kind: "bundled" };
}

/** Without an address of its own, it is where answers come from; a key goes to the address that it was set with. */
function endpointSetting(values: Environment, model: string, prefixes: Prefixes): EmbedderSetting {
  const baseUrl = values.EMBED_BASE_URL ?? values.OPENAI_BASE_URL ?? null;
  const key = values.EMBED_API_KEY ?? (values.EMBED_BASE_URL === undefined ? values.OPENAI_API_KEY : undefined);
  if (baseUrl === null && key === undefined) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. EMBED_MODEL needs EMBED_BASE_URL, EMBED_API_KEY or both.",
    );
  }
  return {
    kind: "endpoint",
    baseUrl,
    apiKey: key === undefined ? null : secret(key),
    model,
    dimensions: values.EMBED_DIMENSIONS ?? null,
    timeoutMs: values.EMBED_TIMEOUT_MS,
    prefixes,
  };
}
