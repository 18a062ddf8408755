import { GroundworkError } from "../../errors.ts";
import { openOnnxEmbedder } from "../onnx/open-onnx-embedder.ts";
import type { SentenceModel } from "../onnx/sentence-model.ts";
import { ThreadPool } from "../onnx/thread-pool.ts";
import type { Embedder, LikenessScale } from "../port.ts";
import type { BuildResult } from "./build-worker.ts";
import { findModelFile } from "./model-file.ts";
import { TOKENIZER_PATH } from "./model-package.ts";

export interface MiniLmOptions {
  /** Keeps the built model, 60 MB. Created when missing; may be emptied at any time. */
  readonly cacheDirectory: string;
  /** Worker threads, each with its own copy of the model (about 100 MB). By default the cores, up to two. */
  readonly threads?: number;
}

/** What answers were calibrated with (`eval/README.md`). */
export const MINILM_LIKENESS: LikenessScale = { unrelated: 0.15, same: 0.75 };
const MINILM_ID = "minilm-l6-v2/q8/mean/256";
/** The window that the model was trained with. */
const MAXIMUM_TOKENS = 256;
const BUILDER = new URL("./build-worker.ts", import.meta.url);

/**
 * all-MiniLM-L6-v2 on this machine's CPU, offline: 384 dimensions, English, the first 256 tokens of each text.
 * The first opening builds the model (about one second); every opening loads it once for each thread.
 * Throws `model-unavailable` when the model's package is missing or altered, or the cache directory cannot be written.
 */
export async function openMiniLm({ cacheDirectory, threads }: MiniLmOptions): Promise<Embedder> {
  const modelPath = (await findModelFile(cacheDirectory)) ?? (await buildInThread(cacheDirectory));
  return openOnnxEmbedder(miniLm(modelPath), {
    likeness: MINILM_LIKENESS,
    ...(threads === undefined ? {} : { threads }),
  });
}

export function miniLm(modelPath: string): SentenceModel {
  return {
    id: MINILM_ID,
    modelPath,
    tokenizerPath: TOKENIZER_PATH,
    pooling: "mean",
    tellsTokens: true,
    maximumTokens: MAXIMUM_TOKENS,
    prefixes: { question: "", text: "" },
  };
}

/** Building takes a second and 200 MB: a thread of its own keeps the event loop free and gives the memory back. */
async function buildInThread(cacheDirectory: string): Promise<string> {
  const pool = new ThreadPool({ module: BUILDER, threads: 1 });
  try {
    const result = await pool.run<BuildResult>("buildModel", cacheDirectory);
    if (result !== null && "modelPath" in result) return result.modelPath;
    throw new GroundworkError("model-unavailable", result?.fault ?? "The embedding model could not be built.");
  } finally {
    await pool.close();
  }
}
