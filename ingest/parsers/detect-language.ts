import { detectAll } from "tinyld/light";

/** Characters that are looked at: more make no difference, and the time grows with them. */
const SAMPLE = 1500;
const FEWEST_LETTERS = 60;
/** Of the library's own scale from 0 to 1, and how many times the next language's: names and codes alone stay below. */
const LEAST_ACCURACY = 0.05;
const LEAST_LEAD = 1.5;

/** The language that a text is written in, as ISO 639-1, out of the two dozen that are common in trade; undefined when it cannot be told. */
export function detectLanguage(text: string): string | undefined {
  const middle = Math.max(0, Math.floor(text.length / 2) - SAMPLE / 2);
  const words = text
    .slice(middle, middle + SAMPLE)
    .toWellFormed()
    // Codes, figures and addresses are written alike in all languages.
    .replace(/\S*[\d@_/\\|]\S*/gu, " ");
  if ((words.match(/\p{L}/gu) ?? []).length < FEWEST_LETTERS) return undefined;
  const [best, next] = detectAll(words);
  if (best === undefined || best.accuracy < LEAST_ACCURACY) return undefined;
  return best.accuracy >= LEAST_LEAD * (next?.accuracy ?? 0) ? best.lang : undefined;
}
