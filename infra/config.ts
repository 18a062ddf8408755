import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { GroundworkError } from "./errors.ts";
import {
  type AnswerModelSetting,
  answerModelSetting,
  type EmbedderSetting,
  embedderSetting,
  modelSettings,
  type RerankerSetting,
  rerankerSetting,
} from "./model-settings.ts";
import { type Secret, secret } from "./secret.ts";
import {
  modelNames,
  oneOf,
  port,
  positiveInteger,
  url,
  webAddress,
  webhookSecret,
  webhookToken,
  wholeNumber,
  yesOrNo,
} from "./setting-shapes.ts";

const SAMPLE = fileURLToPath(new URL("./sample/", import.meta.url));

const environmentSchema = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: port.default(3600),
  DATA_DIR: z.string().min(1).default("data"),
  DATABASE_URL: url(/^postgres(ql)?$/, "postgres://user:password@host/database").optional(),
  DATABASE_POOL_SIZE: wholeNumber((value) => value > 1, "a whole number above one").default(10),
  DATABASE_STATEMENT_TIMEOUT_MS: positiveInteger.default(60_000),
  DATABASE_GRAPH_MB: positiveInteger.default(512),
  QDRANT_URL: webAddress.optional(),
  QDRANT_API_KEY: z.string().min(1).optional(),
  QDRANT_COLLECTION: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "must be up to 64 letters, digits, _ or -" })
    .default("groundwork"),
  QDRANT_QUANTIZATION: oneOf(["none", "scalar", "binary"]).default("none"),
  QDRANT_SHARDS: positiveInteger.default(1),
  QDRANT_REPLICAS: positiveInteger.default(1),
  QDRANT_TIMEOUT_MS: positiveInteger.default(5_000),
  INDEX_FALLBACK: oneOf(["pgvector", "none"]).default("pgvector"),
  CACHE_URL: url(/^rediss?$/, "redis://127.0.0.1:6379").optional(),
  ODOO_URL: webAddress.optional(),
  ODOO_DATABASE: z.string().min(1).optional(),
  ODOO_LOGIN: z.string().min(1).optional(),
  ODOO_API_KEY: z.string().min(1).optional(),
  ODOO_PROTOCOL: oneOf(["auto", "json-2", "json-rpc"]).default("auto"),
  ODOO_SNAPSHOT: z.string().min(1).optional(),
  ODOO_READER_KEYS: z.string().min(1).optional(),
  ODOO_WEBHOOK_SECRET: webhookSecret.optional(),
  ODOO_WEBHOOK_TOKEN: webhookToken.optional(),
  ODOO_CUSTOM_MODELS: yesOrNo.default(true),
  ODOO_MODELS_INCLUDED: modelNames.default([]),
  ODOO_MODELS_EXCLUDED: modelNames.default([]),
  LIVE_RECHECK: yesOrNo.optional(),
  LIVE_RECHECK_TIMEOUT_MS: positiveInteger.default(2_000),
  SYNC_INTERVAL_MS: positiveInteger.default(1_000),
  RECONCILE_MINUTES: positiveInteger.default(60),
  POLICY_MAX_AGE_SECONDS: positiveInteger.default(300),
  DOCUMENTS_DIR: z.string().min(1).optional(),
  INGEST_HERE: yesOrNo.default(true),
  ...modelSettings,
  PARSE_TIMEOUT_MS: positiveInteger.default(60_000),
  PARSE_MEMORY_MB: positiveInteger.default(1024),
  PARSE_MAXIMUM_MB: positiveInteger.default(50),
  OCR_PAGE_TIMEOUT_MS: positiveInteger.default(45_000),
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

type Environment = z.infer<typeof environmentSchema>;

/** Everything that the environment decides; read once, frozen, passed down. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly databaseUrl: Secret | null;
  /** Of a database server; the embedded database is one session. */
  readonly databasePool: {
    readonly size: number;
    readonly statementTimeoutMs: number;
    /** Memory in which the server builds a vector graph. */
    readonly graphMegabytes: number;
  };
  /** Null: the database is the index. */
  readonly qdrant: {
    readonly url: string;
    readonly apiKey: Secret | null;
    readonly collection: string;
    readonly quantization: Environment["QDRANT_QUANTIZATION"];
    readonly shards: number;
    readonly replicas: number;
    readonly timeoutMs: number;
    /** Whether the database searches while Qdrant does not. */
    readonly fallback: boolean;
  } | null;
  /** A Redis that remembers rankings for all processes; null: each process remembers its own. */
  readonly cacheUrl: Secret | null;
  readonly odoo:
    | {
        readonly kind: "live";
        readonly url: string;
        readonly database: string;
        /** Undefined: none was set; JSON-2 needs none. */
        readonly login: string | undefined;
        readonly apiKey: Secret;
        /** Undefined: by the server's version. */
        readonly protocol: "json-2" | "json-rpc" | undefined;
      }
    | { readonly kind: "snapshot"; readonly path: string };
  /** Which models are ingested beside those of the catalogue, and which are not; `*` in a name stands for any text. */
  readonly models: {
    /** Those made by hand, in Studio or by modules of others. */
    readonly custom: boolean;
    readonly included: readonly string[];
    readonly excluded: readonly string[];
  };
  /** The file of people's own Odoo keys: what the sync account does not see is read with them, and the live recheck asks with them. */
  readonly readerKeysFile: string | null;
  /** Every record is checked in Odoo as its reader before its text is used; null: off. */
  readonly liveRecheck: { readonly timeoutMs: number } | null;
  /** What machines prove themselves with who say that something has changed. */
  readonly webhook: {
    /** Signs events; null: none are taken. */
    readonly secret: Secret | null;
    /** The last segment of the address for senders that cannot sign; null: there is no such address. */
    readonly token: Secret | null;
  };
  /** How a live Odoo is followed. */
  readonly following: {
    /** Between two looks. */
    readonly intervalMs: number;
    /** Between two readings of everything. */
    readonly reconcileMs: number;
    /** Access that was not confirmed for longer shows nothing. */
    readonly maximumAgeMs: number;
  };
  readonly documentsDirectory: string;
  /** Whether this process works on what is to be ingested; otherwise others do, over the same database. */
  readonly ingestsHere: boolean;
  /** True when the Odoo is the recorded sample: only then may people sign in without a password, and on loopback only. */
  readonly sampleLogins: boolean;
  /** Null: answers are extracted. */
  readonly answerModel: AnswerModelSetting | null;
  /** Puts the best hits of a search in order by reading them; null: off. */
  readonly reranker: RerankerSetting | null;
  readonly embedder: EmbedderSetting;
  /** Whether what each token of a passage means is kept and compared, where the embedder tells it. */
  readonly lateInteraction: boolean;
  readonly embedThreads: number;
  /** Limits for one file; `ocrPageTimeoutMs` is for one page that is recognised, and adds to the file's time. */
  readonly parsing: {
    readonly timeoutMs: number;
    readonly memoryMegabytes: number;
    readonly maximumBytes: number;
    readonly ocrPageTimeoutMs: number;
  };
  readonly logLevel: Environment["LOG_LEVEL"];
}

/** The process's environment, with what a file `.env` in the working directory adds; what is set already wins. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  if (existsSync(".env")) loadEnvFile(".env");
  return process.env;
}

/**
 * Reads and checks the environment. Blank variables count as absent.
 * Throws `configuration` with one sentence that names each wrong variable and what it should be.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const stated = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = environmentSchema.safeParse(stated);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new GroundworkError("configuration", `The configuration is wrong. ${faults.join("; ")}.`);
  }
  const values = parsed.data;
  const odoo = odooSetting(values);
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    dataDirectory: resolve(values.DATA_DIR),
    databaseUrl: values.DATABASE_URL === undefined ? null : secret(values.DATABASE_URL),
    databasePool: {
      size: values.DATABASE_POOL_SIZE,
      statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
      graphMegabytes: values.DATABASE_GRAPH_MB,
    },
    qdrant: qdrantSetting(values),
    cacheUrl: values.CACHE_URL === undefined ? null : secret(values.CACHE_URL),
    odoo,
    models: {
      custom: values.ODOO_CUSTOM_MODELS,
      included: values.ODOO_MODELS_INCLUDED,
      excluded: values.ODOO_MODELS_EXCLUDED,
    },
    ...readerKeysSetting(values, odoo),
    webhook: {
      secret: values.ODOO_WEBHOOK_SECRET === undefined ? null : secret(values.ODOO_WEBHOOK_SECRET),
      token: values.ODOO_WEBHOOK_TOKEN === undefined ? null : secret(values.ODOO_WEBHOOK_TOKEN),
    },
    following: {
      intervalMs: values.SYNC_INTERVAL_MS,
      reconcileMs: values.RECONCILE_MINUTES * 60_000,
      maximumAgeMs: values.POLICY_MAX_AGE_SECONDS * 1_000,
    },
    documentsDirectory: values.DOCUMENTS_DIR === undefined ? `${SAMPLE}documents` : resolve(values.DOCUMENTS_DIR),
    ingestsHere: values.INGEST_HERE,
    sampleLogins: odoo.kind === "snapshot" && isLoopback(values.HOST),
    answerModel: answerModelSetting(values),
    reranker: rerankerSetting(values),
    lateInteraction: values.LATE_INTERACTION,
    embedder: embedderSetting(values),
    embedThreads: values.EMBED_THREADS,
    parsing: {
      timeoutMs: values.PARSE_TIMEOUT_MS,
      memoryMegabytes: values.PARSE_MEMORY_MB,
      maximumBytes: values.PARSE_MAXIMUM_MB * 1024 * 1024,
      ocrPageTimeoutMs: values.OCR_PAGE_TIMEOUT_MS,
    },
    logLevel: values.LOG_LEVEL,
  });
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function qdrantSetting(values: Environment): Config["qdrant"] {
  if (values.QDRANT_URL === undefined) return null;
  return {
    url: values.QDRANT_URL,
    apiKey: values.QDRANT_API_KEY === undefined ? null : secret(values.QDRANT_API_KEY),
    collection: values.QDRANT_COLLECTION,
    quantization: values.QDRANT_QUANTIZATION,
    shards: values.QDRANT_SHARDS,
    replicas: values.QDRANT_REPLICAS,
    timeoutMs: values.QDRANT_TIMEOUT_MS,
    fallback: values.INDEX_FALLBACK === "pgvector",
  };
}

function odooSetting(values: Environment): Config["odoo"] {
  const { ODOO_URL, ODOO_DATABASE, ODOO_LOGIN, ODOO_API_KEY, ODOO_PROTOCOL } = values;
  if (ODOO_URL !== undefined && ODOO_DATABASE !== undefined && ODOO_API_KEY !== undefined) {
    return {
      kind: "live",
      url: ODOO_URL,
      database: ODOO_DATABASE,
      login: ODOO_LOGIN,
      apiKey: secret(ODOO_API_KEY),
      protocol: ODOO_PROTOCOL === "auto" ? undefined : ODOO_PROTOCOL,
    };
  }
  if (ODOO_URL ?? ODOO_DATABASE ?? ODOO_LOGIN ?? ODOO_API_KEY) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. ODOO_URL, ODOO_DATABASE and ODOO_API_KEY belong together (and ODOO_LOGIN to them): set all three or none.",
    );
  }
  return {
    kind: "snapshot",
    path: values.ODOO_SNAPSHOT === undefined ? `${SAMPLE}odoo.jsonl.gz` : resolve(values.ODOO_SNAPSHOT),
  };
}

function readerKeysSetting(
  { ODOO_READER_KEYS, LIVE_RECHECK = false, LIVE_RECHECK_TIMEOUT_MS }: Environment,
  { kind }: Config["odoo"],
): Pick<Config, "readerKeysFile" | "liveRecheck"> {
  if (kind !== "live" && (LIVE_RECHECK || ODOO_READER_KEYS !== undefined)) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. ODOO_READER_KEYS and LIVE_RECHECK need a live Odoo: set ODOO_URL, ODOO_DATABASE and ODOO_API_KEY.",
    );
  }
  if (LIVE_RECHECK && ODOO_READER_KEYS === undefined) {
    throw new GroundworkError(
      "configuration",
      "The configuration is wrong. LIVE_RECHECK asks Odoo with people's own keys: set ODOO_READER_KEYS.",
    );
  }
  return {
    readerKeysFile: ODOO_READER_KEYS === undefined ? null : resolve(ODOO_READER_KEYS),
    liveRecheck: LIVE_RECHECK ? { timeoutMs: LIVE_RECHECK_TIMEOUT_MS } : null,
  };
}
