import { readFile } from "node:fs/promises";
import { Tokenizer } from "@huggingface/tokenizers";
import type { SentenceModel } from "./sentence-model.ts";

/**
 * Characters that can matter to a token. Tokenizing is superlinear on one long run (minutes for some megabytes), so text is cut before.
 * White space counts for nothing and is folded first, from at most the longer length: an indented table keeps its words.
 */
const CHARACTERS_PER_TOKEN = 16;
const CHARACTERS_PER_TOKEN_BEFORE_FOLDING = 256;

/** At most as many tokens as the model sees, with its markers at both ends. */
export interface Tokens {
  readonly ids: readonly number[];
  /** As the model's vocabulary writes them. */
  readonly written: readonly string[];
}

export type Tokenize = (text: string) => Tokens;

export async function openTokenizer({
  tokenizerPath,
  maximumTokens,
}: Pick<SentenceModel, "tokenizerPath" | "maximumTokens">): Promise<Tokenize> {
  const definition = JSON.parse(await readFile(tokenizerPath, "utf8")) as object;
  const tokenizer = new Tokenizer(definition, {});
  return (text) => {
    const { ids, tokens: written } = tokenizer.encode(cutText(text, maximumTokens));
    return { ids: upTo(maximumTokens, ids), written: upTo(maximumTokens, written) };
  };
}

function upTo<Item>(maximum: number, all: readonly Item[]): readonly Item[] {
  return all.length <= maximum ? all : [...all.slice(0, maximum - 1), ...all.slice(-1)];
}

/** The part of a text that the model can see, its white space folded. */
export function cutText(text: string, maximumTokens: number): string {
  return text
    .slice(0, maximumTokens * CHARACTERS_PER_TOKEN_BEFORE_FOLDING)
    .replaceAll(/\s+/gu, " ")
    .slice(0, maximumTokens * CHARACTERS_PER_TOKEN);
}
