import { InferenceSession, Tensor } from "onnxruntime-node";
import { normalize } from "../normalize.ts";
import type { EmbeddedQuestion, EmbeddedText, QuestionToken } from "../port.ts";
import { packSigns } from "../token-bits.ts";
import type { SentenceModel } from "./sentence-model.ts";
import { isTelling, wordsOf } from "./token-words.ts";
import { openTokenizer, type Tokenize } from "./tokenize.ts";

/** Embeds on the calling thread, which it blocks: MiniLM about 50 ms for 200 tokens. Of tokens: of models that tell them (`SentenceModel`). */
export interface SentenceSession {
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  embedWithTokens(texts: readonly string[]): Promise<EmbeddedText[]>;
  embedQuestions(questions: readonly string[]): Promise<EmbeddedQuestion[]>;
}

/** What a model may ask for, under the names that exporters give it. */
const INPUTS: Readonly<Record<string, "ids" | "mask" | "zeros" | "positions">> = {
  input_ids: "ids",
  attention_mask: "mask",
  token_type_ids: "zeros",
  segment_ids: "zeros",
  position_ids: "positions",
};
/** One vector a text, or one a token: the first of these that the model gives. */
const OUTPUTS = ["sentence_embedding", "last_hidden_state", "token_embeddings"];

/**
 * Loads a model file into one onnxruntime session of one thread: several such sessions beat one session of several threads.
 * Throws what onnxruntime and the tokenizer throw, and an `Error` when the model asks for more than texts.
 */
export async function openSentenceSession(model: SentenceModel): Promise<SentenceSession> {
  const [tokenize, session] = await Promise.all([
    openTokenizer(model),
    InferenceSession.create(model.modelPath, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    }),
  ]);
  const output = OUTPUTS.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0] ?? "";
  const loaded: Loaded = { session, tokenize, inputs: inputsOf(session), output };
  const vector = ({ features, size }: Understood) => normalize(pooled(features, size, model.pooling));
  return {
    embed: async (texts) => (await run(loaded, texts)).map(vector),
    embedWithTokens: async (texts) =>
      (await run(loaded, texts)).map((each) => ({ vector: vector(each), tokens: tellingSigns(each) })),
    embedQuestions: async (questions) =>
      (await run(loaded, questions)).map((each) => ({ vector: vector(each), tokens: tokensOf(each) })),
  };
}

interface Loaded {
  readonly session: InferenceSession;
  readonly tokenize: Tokenize;
  readonly inputs: readonly Input[];
  readonly output: string;
}

interface Input {
  readonly name: string;
  readonly role: (typeof INPUTS)[string];
  readonly type: "int32" | "int64";
}

/** A text's tokens as written, and the features of each, so many numbers a token; or the features of the text alone. */
interface Understood {
  readonly written: readonly string[];
  readonly features: Float32Array;
  readonly size: number;
}

function inputsOf(session: InferenceSession): Input[] {
  return session.inputMetadata.map((input) => {
    const role = INPUTS[input.name];
    const type = input.isTensor ? input.type : null;
    if (role !== undefined && (type === "int32" || type === "int64")) return { name: input.name, role, type };
    throw new Error(`the model asks for ${input.name}, which a text does not give`);
  });
}

async function run({ session, tokenize, inputs, output }: Loaded, texts: readonly string[]): Promise<Understood[]> {
  const tokenLists = texts.map(tokenize);
  const width = Math.max(...tokenLists.map(({ ids }) => ids.length));
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, tensor(input, tokenLists, width)]));
  const outputs = await session.run(feeds);
  const { data, dims } = outputs[output] ?? { data: null, dims: [] };
  if (!(data instanceof Float32Array)) throw new Error("the model gives no vectors of 32-bit numbers");
  const size = dims.at(-1) ?? 0;
  const isPooled = dims.length === 2;
  return tokenLists.map(({ ids, written }, row) => {
    const start = row * size * (isPooled ? 1 : width);
    return { written, features: data.subarray(start, start + (isPooled ? 1 : ids.length) * size), size };
  });
}

function tellingSigns({ written, features, size }: Understood): Uint8Array {
  const told = wordsOf(written).flatMap((word, at) => (isTelling(word) ? [at] : []));
  const kept = new Float32Array(told.length * size);
  for (const [place, at] of told.entries()) kept.set(featuresAt(features, at, size), place * size);
  return packSigns(kept, size);
}

function tokensOf({ written, features, size }: Understood): QuestionToken[] {
  return wordsOf(written).flatMap((word, at) =>
    isTelling(word) ? [{ word, values: normalize(featuresAt(features, at, size).slice()) }] : [],
  );
}

function featuresAt(features: Float32Array, at: number, size: number): Float32Array {
  return features.subarray(at * size, (at + 1) * size);
}

/** Shorter texts are filled up to the width of the longest with tokens that the mask hides. */
function tensor({ role, type }: Input, tokenLists: readonly { ids: readonly number[] }[], width: number): Tensor {
  const values = new Int32Array(tokenLists.length * width);
  for (const [row, { ids }] of tokenLists.entries()) {
    const start = row * width;
    if (role === "ids") values.set(ids, start);
    if (role === "mask") values.fill(1, start, start + ids.length);
    if (role === "positions") values.set([...ids.keys()], start);
  }
  const shape = [tokenLists.length, width];
  if (type === "int32") return new Tensor(type, values, shape);
  return new Tensor(type, BigInt64Array.from(values, BigInt), shape);
}

/** One vector of the tokens' features; the padding is already left out. */
function pooled(features: Float32Array, size: number, pooling: SentenceModel["pooling"]): Float32Array {
  if (pooling === "first") return features.slice(0, size);
  if (pooling === "last") return features.slice(-size);
  const tokens = features.length / size;
  const sum = new Float32Array(size);
  for (let position = 0; position < features.length; position += 1) {
    const feature = position % size;
    sum[feature] = (sum[feature] ?? 0) + (features[position] ?? 0) / tokens;
  }
  return sum;
}
