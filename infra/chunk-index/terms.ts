import stem from "wink-porter2-stemmer";

import { STOP_WORDS } from "./stop-words.ts";

/** Words and numbers, joined by single marks that are part of a name, a date or an amount: `SA-2025-014`, `4.2`, `18,400.00`. */
export const TOKEN = /[\p{L}\p{N}\p{M}]+(?:[-.,/_:@'+][\p{L}\p{N}\p{M}]+)*/gu;
const COMBINING_MARKS = /[\u0300-\u036F]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;
const APOSTROPHES = /[\u2018\u2019\u02BC]/g;
const POSSESSIVE = /'s$/;
const GROUPED_BY_COMMA = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const GROUPED_BY_POINT = /^\d{1,3}(?:\.\d{3})+,\d+$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;
/** A small letter before a capital, as in `SaleOrder` and `toString`; its parts begin with capitals, or are all capitals. */
const COMPOUND = /\p{L}*\p{Ll}\p{Lu}\p{L}*/gu;
const PART_OF_COMPOUND = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+/gu;
const ZERO_DECIMALS = /\.0+$/;
/** A longer one is no word; without a bound a single run could fill the index. */
const LONGEST_TERM = 64;

/**
 * The searchable terms of a text, in order, repeats included: folded to lower case without accents, English words stemmed (Porter2), stop
 * words dropped. An identifier is one term and also its parts (`VOL-CB-10`: vol-cb-10, vol, cb, 10); an amount is one number however
 * it is written (`18,400.00`, `18400`), and a section number such as `4.2` stays whole.
 */
export function terms(text: string): string[] {
  const found: string[] = [];
  for (const token of fold(text).match(TOKEN) ?? []) {
    for (const term of knownTermsOf(token)) found.push(term);
  }
  return found;
}

/**
 * Under which a text is found, repeats included: stable 32-bit ids of its terms, signed as Postgres' integer is. Two of a million terms may
 * share one; a score then shifts a little. A compound such as `HarbourlineSupplyInc` is found by its parts as well as whole; a
 * question keeps its own compounds whole, for it means just that one.
 */
export function termIds(text: string): number[] {
  return [...terms(text), ...partsOfCompounds(text)].map(termId);
}

/** A term and what it counts beside others; 1 is a word that the question says once. */
export interface WeightedTerm {
  readonly term: string;
  readonly weight: number;
}

/** More distinct terms than a question has; the rest of a pasted text is ignored. */
const MOST_TERMS = 64;
/** How soon saying a word again stops making it weightier: BM25's k3, at its usual lower end. */
const K3 = 1;

/** The distinct terms of a question in their order; one that it repeats weighs more, up to double. */
export function questionTerms(question: string): WeightedTerm[] {
  const counts = new Map<string, number>();
  for (const term of terms(question)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return [...counts].slice(0, MOST_TERMS).map(([term, count]) => ({ term, weight: (count * (K3 + 1)) / (count + K3) }));
}

/** Terms by id, for an index: each id once, the weights of what falls together added. */
export function weightedTermIds(weighted: readonly WeightedTerm[]): { readonly id: number; readonly weight: number }[] {
  const weights = new Map<number, number>();
  for (const { term, weight } of weighted) weights.set(termId(term), (weights.get(termId(term)) ?? 0) + weight);
  return [...weights].map(([id, weight]) => ({ id, weight }));
}

/** FNV-1a over UTF-16 code units with a final mix. */
function termId(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function fold(text: string): string {
  return withoutAccents(text).replace(DASHES, "-").replace(APOSTROPHES, "'").toLowerCase();
}

function withoutAccents(text: string): string {
  return text.normalize("NFKD").replace(COMBINING_MARKS, "");
}

/** Of words that are written together, each with a capital: the parts of more than one letter. */
function partsOfCompounds(text: string): string[] {
  return (withoutAccents(text).match(COMPOUND) ?? []).flatMap((compound) =>
    (compound.match(PART_OF_COMPOUND) ?? [])
      .filter((part) => part.length > 1)
      .flatMap((part) => word(part.toLowerCase())),
  );
}

/** The terms of tokens seen lately: a text repeats its words, and taking one apart and stemming it takes longer than all else here together. */
const KNOWN = new Map<string, readonly string[]>();
const MOST_KNOWN = 50_000;

function knownTermsOf(token: string): readonly string[] {
  const known = KNOWN.get(token);
  if (known !== undefined) return known;
  const own = termsOfToken(token);
  if (token.length > LONGEST_TERM) return own;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(token, own);
  return own;
}

function termsOfToken(written: string): string[] {
  const token = written.replace(POSSESSIVE, "");
  if (GROUPED_BY_COMMA.test(token)) return [number(token.replaceAll(",", ""))];
  if (GROUPED_BY_POINT.test(token)) return [number(token.replaceAll(".", "").replace(",", "."))];
  if (DECIMAL.test(token)) return [number(token)];
  // A comma joins digits only: "gloves,helmets" and "4.2,4.3" are lists.
  if (token.includes(",")) return token.split(",").flatMap(termsOfToken);
  if (!/[-./_:@+]/.test(token)) return word(token);
  const parts = token.split(/[-./_:@+]/);
  const whole = token.length > LONGEST_TERM ? [] : [/\d/.test(token) || !token.includes("-") ? token : parts.join("")];
  return [...whole, ...parts.flatMap(word)];
}

function number(digits: string): string {
  return digits.replace(ZERO_DECIMALS, "").slice(0, LONGEST_TERM);
}

function word(part: string): string[] {
  if (STOP_WORDS.has(part) || part.length > LONGEST_TERM) return [];
  if (/\d/.test(part)) return [part];
  // The stemmer looks words up in a plain object: "constructor" finds what is no string.
  const stemmed: unknown = stem(part);
  return [typeof stemmed === "string" ? stemmed : part];
}
