import type { EmbeddedQuestion, EmbeddedText } from "../port.ts";
import type { SentenceModel } from "./sentence-model.ts";
import { openSentenceSession, type SentenceSession } from "./session.ts";

export interface EmbedTask {
  readonly model: SentenceModel;
  readonly texts: readonly string[];
}

/** One session for each thread, loaded with the first task. */
const sessions = new Map<string, Promise<SentenceSession>>();

/** Runs in a worker thread: one batch to vectors, in order. */
export function embedTexts({ model, texts }: EmbedTask): Promise<Float32Array[]> {
  return inSession(model, (session) => session.embed(texts));
}

/** Runs in a worker thread: as `embedTexts`, with what the tokens mean. */
export function embedTextsWithTokens({ model, texts }: EmbedTask): Promise<EmbeddedText[]> {
  return inSession(model, (session) => session.embedWithTokens(texts));
}

/** Runs in a worker thread: as `embedTexts`, with what each token of a question means. */
export function embedQuestions({ model, texts }: EmbedTask): Promise<EmbeddedQuestion[]> {
  return inSession(model, (session) => session.embedQuestions(texts));
}

async function inSession<Result>(
  model: SentenceModel,
  use: (session: SentenceSession) => Promise<Result>,
): Promise<Result> {
  const opening = sessions.get(model.id) ?? openSentenceSession(model);
  sessions.set(model.id, opening);
  try {
    return await use(await opening);
  } catch (error) {
    sessions.delete(model.id);
    throw error;
  }
}
