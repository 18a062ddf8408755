import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GroundworkError } from "../../errors.ts";
import { buildMiniLmGraph, GRAPH_VERSION } from "./build-graph.ts";
import { readWeights, WEIGHTS_SHA256 } from "./model-package.ts";
import { encodeOnnxModel } from "./onnx-model.ts";
import { readSafetensors } from "./safetensors.ts";

/** Says from what a file was built; the digest of its content follows, so a name vouches for both. */
const NAME_PREFIX = `minilm-q8-${digest(`${GRAPH_VERSION} ${WEIGHTS_SHA256}`)}-`;

/**
 * Path of an intact cached model, or null. The content is hashed (60 MB, about 50 ms), so a file that was cut short, altered or built
 * by another version is never used.
 */
export async function findModelFile(cacheDirectory: string): Promise<string | null> {
  const names = await readdir(cacheDirectory).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(NAME_PREFIX) && name.endsWith(".onnx"))) {
    const path = join(cacheDirectory, name);
    const bytes = await readFile(path).catch(() => null);
    if (bytes !== null && name === nameFor(bytes)) return path;
  }
  return null;
}

/**
 * Builds the model, about 1 CPU-second, and stores it. Builders that race write the same bytes under the same name.
 * Throws `model-unavailable` when the weights are unusable or the directory cannot be written.
 */
export async function buildModelFile(cacheDirectory: string): Promise<string> {
  const weights = await readWeights();
  await mkdir(cacheDirectory, { recursive: true }).catch((cause: unknown) => {
    throw notWritable(cacheDirectory, cause);
  });
  const model = encodeOnnxModel(buildMiniLmGraph(readSafetensors(weights)));
  const path = join(cacheDirectory, nameFor(model));
  const unfinished = join(cacheDirectory, `.${randomUUID()}.tmp`);
  try {
    await writeFile(unfinished, model, { flush: true });
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw notWritable(cacheDirectory, cause);
  }
  return path;
}

function notWritable(cacheDirectory: string, cause: unknown): GroundworkError {
  return new GroundworkError(
    "model-unavailable",
    `The embedding model needs 60 MB in ${cacheDirectory}: make that directory writable or free some space.`,
    { cause },
  );
}

function nameFor(model: Uint8Array): string {
  return `${NAME_PREFIX}${digest(model)}.onnx`;
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
