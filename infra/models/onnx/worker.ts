import { GroundworkError } from "../../errors.ts";
import type { EmbeddedText, QuestionToken } from "../port.ts";
import { buildModelFile } from "./model-file.ts";
import { type MiniLmSession, openMiniLmSession } from "./session.ts";

export interface EmbedTask {
  readonly modelPath: string;
  readonly texts: readonly string[];
}

/** An error of ours loses its class on the way between threads, so its sentence travels as a result. */
export type BuildResult = { readonly modelPath: string } | { readonly fault: string };

/** One session for each thread, loaded with the first task. */
const sessions = new Map<string, Promise<MiniLmSession>>();

/** Runs in a worker thread: one batch to vectors, in order. */
export function embedTexts({ modelPath, texts }: EmbedTask): Promise<Float32Array[]> {
  return inSession(modelPath, (session) => session.embed(texts));
}

/** Runs in a worker thread: as `embedTexts`, with what the tokens mean. */
export function embedTextsWithTokens({ modelPath, texts }: EmbedTask): Promise<EmbeddedText[]> {
  return inSession(modelPath, (session) => session.embedWithTokens(texts));
}

/** Runs in a worker thread: of the first text what each token means. */
export function readQuestionTokens({ modelPath, texts }: EmbedTask): Promise<QuestionToken[]> {
  return inSession(modelPath, (session) => session.questionTokens(texts[0] ?? ""));
}

async function inSession<Result>(modelPath: string, use: (session: MiniLmSession) => Promise<Result>): Promise<Result> {
  const opening = sessions.get(modelPath) ?? openMiniLmSession(modelPath);
  sessions.set(modelPath, opening);
  try {
    return await use(await opening);
  } catch (error) {
    sessions.delete(modelPath);
    throw error;
  }
}

/** Runs in a worker thread: builds the model file and returns its path. */
export async function buildModel(cacheDirectory: string): Promise<BuildResult> {
  try {
    return { modelPath: await buildModelFile(cacheDirectory) };
  } catch (error) {
    if (error instanceof GroundworkError) return { fault: error.message };
    throw error;
  }
}
