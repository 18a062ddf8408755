import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { GroundworkError } from "../../errors.ts";
import type { SentenceModel } from "./sentence-model.ts";

/** Where exporters put the model; after these, the only `.onnx` file that there is. */
const USUAL_FILES = ["onnx/model.onnx", "model.onnx"];
/** Longer windows than this gain nothing for chunks of about 200 tokens, and cost memory by their square. */
const LONGEST_WINDOW = 1_024;
const DEFAULT_WINDOW = 512;

const modulesSchema = z.array(z.object({ type: z.string(), path: z.string() }));
const poolingSchema = z.looseObject({});
const windowSchema = z.object({ max_seq_length: z.number().int().positive().nullish() });
const modelSchema = z.object({ max_position_embeddings: z.number().int().positive().nullish() });
const promptsSchema = z.object({ prompts: z.record(z.string(), z.string()).nullish() });

const POOLINGS: Readonly<Record<string, SentenceModel["pooling"]>> = {
  pooling_mode_mean_tokens: "mean",
  pooling_mode_cls_token: "first",
  pooling_mode_lasttoken: "last",
};

/**
 * A directory of sentence-transformers with an ONNX model, as Hugging Face's exporters write it: the model, `tokenizer.json`, and what the
 * library itself goes by (`modules.json`, pooling, window, prompts; https://sbert.net). The id names directory, bytes and pooling. Throws
 * `configuration` when something is missing or means what we do not do: it is refused rather than embedded otherwise than trained.
 */
export async function readModelDirectory(
  directory: string,
  prefixes: Partial<SentenceModel["prefixes"]> = {},
): Promise<SentenceModel> {
  const modelPath = join(directory, await modelFile(directory));
  const tokenizerPath = join(directory, "tokenizer.json");
  const pooling = await readPooling(directory);
  const maximumTokens = await readWindow(directory);
  const { prompts } = (await readJson(directory, "config_sentence_transformers.json", promptsSchema)) ?? {};
  const digest = createHash("sha256");
  for (const path of [tokenizerPath, modelPath, ...(await weightsBeside(modelPath))]) await hashInto(digest, path);
  const stated = {
    question: prefixes.question ?? prompts?.["query"] ?? "",
    text: prefixes.text ?? prompts?.["document"] ?? prompts?.["passage"] ?? "",
  };
  digest.update(JSON.stringify([pooling, maximumTokens, stated]));
  const name = basename(directory).replaceAll(/\s+/g, "-");
  return {
    id: `onnx/${name}/${pooling}/${maximumTokens}/${digest.digest("hex").slice(0, 16)}`,
    modelPath,
    tokenizerPath,
    pooling,
    tellsTokens: false,
    maximumTokens,
    prefixes: stated,
  };
}

async function modelFile(directory: string): Promise<string> {
  const folders = await Promise.all(
    ["", "onnx"].map(async (folder) =>
      (await readdir(join(directory, folder)).catch(() => [])).map((name) => join(folder, name)),
    ),
  );
  const files = folders.flat().filter((name) => name.endsWith(".onnx"));
  const usual = USUAL_FILES.find((name) => files.includes(name));
  const [only, ...others] = files;
  if (usual !== undefined) return usual;
  if (only !== undefined && others.length === 0) return only;
  throw refused(directory, files.length === 0 ? "holds no .onnx file" : "holds several .onnx files and no model.onnx");
}

/** Large models keep their weights in files of their own. */
async function weightsBeside(modelPath: string): Promise<string[]> {
  const beside = [`${modelPath}_data`, `${modelPath}.data`];
  const there = await Promise.all(beside.map((path) => stat(path).catch(() => null)));
  return beside.filter((_, position) => there[position] !== null);
}

async function readPooling(directory: string): Promise<SentenceModel["pooling"]> {
  const modules = await readJson(directory, "modules.json", modulesSchema);
  const kinds = (modules ?? []).map(({ type }) => type.split(".").at(-1) ?? "");
  const unknown = kinds.find((kind) => !["Transformer", "Pooling", "Normalize"].includes(kind));
  if (unknown !== undefined) throw refused(directory, `has a ${unknown} layer, which is not supported`);
  const path = modules?.find(({ type }) => type.endsWith(".Pooling"))?.path ?? "1_Pooling";
  const modes = await readJson(directory, join(path, "config.json"), poolingSchema);
  const on = Object.entries(modes ?? {}).filter(([name, value]) => name.startsWith("pooling_mode_") && value === true);
  if (modes === null || on.length === 0) return "mean";
  const pooling = on.length === 1 ? POOLINGS[on[0]?.[0] ?? ""] : undefined;
  if (pooling !== undefined) return pooling;
  throw refused(directory, `pools by ${on.map(([name]) => name).join(" and ")}, which is not supported`);
}

async function readWindow(directory: string): Promise<number> {
  const stated = await readJson(directory, "sentence_bert_config.json", windowSchema);
  const model = await readJson(directory, "config.json", modelSchema);
  return Math.min(stated?.max_seq_length ?? model?.max_position_embeddings ?? DEFAULT_WINDOW, LONGEST_WINDOW);
}

/** Null when the file is not there. */
async function readJson<T>(directory: string, name: string, schema: z.ZodType<T>): Promise<T | null> {
  const content = await readFile(join(directory, name), "utf8").catch(() => null);
  if (content === null) return null;
  try {
    return schema.parse(JSON.parse(content));
  } catch (cause) {
    throw refused(directory, `has a ${name} that cannot be understood`, cause);
  }
}

async function hashInto(digest: ReturnType<typeof createHash>, path: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) digest.update(chunk);
    });
  } catch (cause) {
    throw new GroundworkError("configuration", `EMBED_MODEL_DIR: ${path} cannot be read.`, { cause });
  }
}

function refused(directory: string, why: string, cause?: unknown): GroundworkError {
  return new GroundworkError(
    "configuration",
    `EMBED_MODEL_DIR: ${directory} ${why}. It should be a sentence-transformers directory with onnx/model.onnx and tokenizer.json.`,
    { cause },
  );
}
