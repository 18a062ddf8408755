import { STOP_WORDS } from "../../chunk-index/stop-words.ts";

const CONTINUED = "##";

/** For each token of the model's vocabulary, the whole word that it is or is a piece of; markers stay what they are. */
export function wordsOf(written: readonly string[]): readonly string[] {
  const words: string[] = [];
  const wordAt = written.map((token) => {
    if (token.startsWith(CONTINUED) && words.length > 0) words.push(`${words.pop()}${token.slice(CONTINUED.length)}`);
    else words.push(token);
    return words.length - 1;
  });
  return wordAt.map((at) => words[at] ?? "");
}

/** Whether a word says anything by itself: no marker, no punctuation, no stop word. */
export function isTelling(word: string): boolean {
  return /^[\p{L}\p{N}]/u.test(word) && !STOP_WORDS.has(word);
}
