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

/** At most 256 tokens with the model's markers at both ends. */
export interface Tokens {
  readonly ids: readonly number[];
  /** As the model's vocabulary writes them: `##` begins a piece that goes on a word. */
  readonly written: readonly string[];
}

export type Tokenize = (text: string) => Tokens;

export async function openTokenizer(): Promise<Tokenize> {
  const tokenizer = new Tokenizer(await readTokenizerDefinition(), {});
  return (text) => {
    const { ids, tokens: written } = tokenizer.encode(cutText(text));
    return { ids: upToWindow(ids), written: upToWindow(written) };
  };
}

function upToWindow<Item>(all: readonly Item[]): readonly Item[] {
  return all.length <= MAXIMUM_TOKENS ? all : [...all.slice(0, MAXIMUM_TOKENS - 1), ...all.slice(-1)];
}

/** The part of a text that the model can see, its white space folded. */
export function cutText(text: string): string {
  return text.slice(0, MAXIMUM_CHARACTERS_BEFORE_FOLDING).replaceAll(/\s+/gu, " ").slice(0, MAXIMUM_CHARACTERS);
}
