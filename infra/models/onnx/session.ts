import { InferenceSession, Tensor } from "onnxruntime-node";
import { normalize } from "../normalize.ts";
import type { EmbeddedText, QuestionToken } from "../port.ts";
import { packSigns } from "../token-bits.ts";
import { HIDDEN_SIZE } from "./build-graph.ts";
import { isTelling, wordsOf } from "./token-words.ts";
import { openTokenizer, type Tokenize } from "./tokenize.ts";

/** Embeds on the calling thread, which it blocks: about 50 ms for 200 tokens. */
export interface MiniLmSession {
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  embedWithTokens(texts: readonly string[]): Promise<EmbeddedText[]>;
  questionTokens(question: string): Promise<QuestionToken[]>;
}

/** Loads a model file into one onnxruntime session of one thread: several such sessions beat one session of several threads. */
export async function openMiniLmSession(modelPath: string): Promise<MiniLmSession> {
  const [tokenize, session] = await Promise.all([
    openTokenizer(),
    InferenceSession.create(modelPath, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    }),
  ]);
  const run = (texts: readonly string[]) => runOver(session, tokenize, texts);
  return {
    embed: async (texts) => (await run(texts)).map(({ features }) => normalize(mean(features))),
    embedWithTokens: async (texts) => (await run(texts)).map(withTokens),
    questionTokens: async (question) => (await run([question])).flatMap(tokensOf),
  };
}

/** A text's tokens as written, and the features of each. */
interface Understood {
  readonly written: readonly string[];
  readonly features: Float32Array;
}

async function runOver(session: InferenceSession, tokenize: Tokenize, texts: readonly string[]): Promise<Understood[]> {
  const tokenLists = texts.map(tokenize);
  const width = Math.max(...tokenLists.map(({ ids }) => ids.length));
  const outputs = await session.run(
    inputsOf(
      tokenLists.map(({ ids }) => ids),
      width,
    ),
  );
  const hidden = outputs["last_hidden_state"]?.data as Float32Array;
  return tokenLists.map(({ ids, written }, row) => {
    const start = row * width * HIDDEN_SIZE;
    return { written, features: hidden.subarray(start, start + ids.length * HIDDEN_SIZE) };
  });
}

function withTokens({ written, features }: Understood): EmbeddedText {
  const told = wordsOf(written).flatMap((word, at) => (isTelling(word) ? [at] : []));
  const kept = new Float32Array(told.length * HIDDEN_SIZE);
  for (const [place, at] of told.entries()) kept.set(featuresAt(features, at), place * HIDDEN_SIZE);
  return { vector: normalize(mean(features)), tokens: packSigns(kept, HIDDEN_SIZE) };
}

function tokensOf({ written, features }: Understood): QuestionToken[] {
  return wordsOf(written).flatMap((word, at) =>
    isTelling(word) ? [{ word, values: normalize(featuresAt(features, at).slice()) }] : [],
  );
}

function featuresAt(features: Float32Array, at: number): Float32Array {
  return features.subarray(at * HIDDEN_SIZE, (at + 1) * HIDDEN_SIZE);
}

/** Shorter texts are filled up to the width of the longest with tokens that the mask hides. */
function inputsOf(tokenLists: readonly (readonly number[])[], width: number): Record<string, Tensor> {
  const shape = [tokenLists.length, width];
  const ids = new Int32Array(tokenLists.length * width);
  const mask = new Int32Array(ids.length);
  for (const [row, tokens] of tokenLists.entries()) {
    ids.set(tokens, row * width);
    mask.fill(1, row * width, row * width + tokens.length);
  }
  return {
    input_ids: new Tensor("int32", ids, shape),
    segment_ids: new Tensor("int32", new Int32Array(ids.length), shape),
    attention_mask: new Tensor("int32", mask, shape),
  };
}

/** The mean of the tokens' features; the padding is already left out. */
function mean(features: Float32Array): Float32Array {
  const tokens = features.length / HIDDEN_SIZE;
  const sum = new Float32Array(HIDDEN_SIZE);
  for (let position = 0; position < features.length; position += 1) {
    const feature = position % HIDDEN_SIZE;
    sum[feature] = (sum[feature] ?? 0) + (features[position] ?? 0) / tokens;
  }
  return sum;
}
