import { Tokenizer } from "@huggingface/tokenizers";
import { readTokenizerDefinition } from "./model-package.ts";

/** The window that the model was trained with, in tokens, the two markers included. */
export const MAXIMUM_TOKENS = 256;

/**
 * Characters that can matter to 256 tokens. Tokenizing is superlinear on one long run (minutes for some megabytes), so text is cut before.
 * White space counts for nothing and is folded first, from at most the longer length: an indented table keeps its words.
 */
const MAXIMUM_CHARACTERS = 4_096;
const MAXIMUM_CHARACTERS_BEFORE_FOLDING = 65_536;

/** Turns a text into at most 256 token ids with the model's markers at both ends. */
export type Tokenize = (text: string) => readonly number[];

export async function openTokenizer(): Promise<Tokenize> {
  const tokenizer = new Tokenizer(await readTokenizerDefinition(), {});
  return (text) => {
    const { ids } = tokenizer.encode(cutText(text));
    const endMarker = ids.at(-1);
    if (ids.length <= MAXIMUM_TOKENS || endMarker === undefined) return ids;
    return [...ids.slice(0, MAXIMUM_TOKENS - 1), endMarker];
  };
}

/** The part of a text that the model can see, its white space folded. */
export function cutText(text: string): string {
  return text.slice(0, MAXIMUM_CHARACTERS_BEFORE_FOLDING).replaceAll(/\s+/gu, " ").slice(0, MAXIMUM_CHARACTERS);
}
