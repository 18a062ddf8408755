import { GroundworkError } from "../../errors.ts";
import { buildModelFile } from "./model-file.ts";

/** An error of ours loses its class on the way between threads, so its sentence travels as a result. */
export type BuildResult = { readonly modelPath: string } | { readonly fault: string };

/** Runs in a worker thread: builds the model file and returns its path. */
export async function buildModel(cacheDirectory: string): Promise<BuildResult> {
  try {
    return { modelPath: await buildModelFile(cacheDirectory) };
  } catch (error) {
    if (error instanceof GroundworkError) return { fault: error.message };
    throw error;
  }
}
