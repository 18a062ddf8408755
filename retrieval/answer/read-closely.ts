import type { Embedder, QuestionToken } from "../../infra/models/port.ts";
import { bytesOf } from "../../infra/models/token-bits.ts";
import { terms } from "../../infra/chunk-index/terms.ts";
import { greatestProduct, signTable } from "../late-interaction.ts";
import { cosine, mean } from "./likeness-scale.ts";

/** How a text speaks of a claim. */
export interface CloseReading {
  /** Of the two as wholes: the cosine. */
  readonly cosine: number;
  /** Of each term of the claim, how nearly some token of the text means what it means there: about a cosine. Empty: the embedder does not tell. */
  readonly met: ReadonlyMap<string, number>;
}

/** A product of unit values with their own signs, beside the root of how many they are: what two tokens that mean the same come to. */
const OWN_SIGNS = Math.sqrt(2 / Math.PI);

/** Reads each text beside the claim. Errors: those of the embedder. */
export async function readClosely(
  claim: string,
  texts: readonly string[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<readonly CloseReading[]> {
  const distinct = [...new Set(texts)];
  const readings =
    embedder.embedQuestion === undefined || embedder.embedWithTokens === undefined
      ? await asWholes(claim, distinct, embedder, signal)
      : await byTokens(claim, distinct, embedder, signal);
  const read = new Map(distinct.map((text, at) => [text, readings[at] ?? NOTHING]));
  return texts.map((text) => read.get(text) ?? NOTHING);
}

const NOTHING: CloseReading = { cosine: 0, met: new Map() };

async function asWholes(claim: string, texts: readonly string[], embedder: Embedder, signal?: AbortSignal) {
  const [asked, ...vectors] = await embedder.embed([claim, ...texts], signal);
  return vectors.map((vector) => ({ ...NOTHING, cosine: cosine(asked, vector) }));
}

async function byTokens(claim: string, texts: readonly string[], embedder: Embedder, signal?: AbortSignal) {
  const [asked, embedded] = await Promise.all([
    embedder.embedQuestion?.(claim, signal),
    embedder.embedWithTokens?.(texts, signal),
  ]);
  const tables = termTables(asked?.tokens ?? []);
  const size = bytesOf(embedder.dimensions);
  const scale = OWN_SIGNS * Math.sqrt(embedder.dimensions);
  return (embedded ?? []).map(({ vector, tokens }) => ({
    cosine: cosine(asked?.vector, vector),
    met: new Map(
      [...tables].map(([term, pieces]) => [
        term,
        tokens.length === 0 ? 0 : mean(pieces.map((table) => greatestProduct(table, tokens, size))) / scale,
      ]),
    ),
  }));
}

/** The tokens of each term: a rare word is several pieces. */
function termTables(tokens: readonly QuestionToken[]): ReadonlyMap<string, readonly Float32Array[]> {
  const tables = new Map<string, Float32Array[]>();
  for (const { word, values } of tokens) {
    const [term] = terms(word);
    if (term !== undefined) tables.set(term, [...(tables.get(term) ?? []), signTable(values)]);
  }
  return tables;
}
