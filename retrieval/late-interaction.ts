import { setImmediate } from "node:timers/promises";
import { terms } from "../infra/chunk-index/terms.ts";
import { bytesOf } from "../infra/models/token-bits.ts";
import type { QuestionToken } from "../infra/models/port.ts";
import { addEvidence } from "./add-evidence.ts";
import { holding, rarity } from "./found-under.ts";
import type { Hit } from "./search.ts";

/** The signs of the tokens of each chunk, by chunk id, as `packSigns` packs them. */
export type TokenBits = ReadonlyMap<string, Uint8Array>;

/** Beyond these a question tells nothing new, and a pasted page would take long. */
const MOST_TOKENS = 64;
const TOKENS_AT_ONCE = 8;

/**
 * Adds how well each token of the question, as it is meant there, is met by some token of the passage, as that is meant in its own place: one
 * vector for a whole passage blurs what it says in half a sentence. A token counts the more the fewer of the hits hold its word; only hits are
 * counted, which the reader may read. Hits without token bits keep their scores.
 * Method: Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT", SIGIR 2020,
 * over the token vectors of the very model that makes the passages' vectors.
 */
export async function withLateInteraction(
  tokens: readonly QuestionToken[],
  hits: readonly Hit[],
  bits: TokenBits,
  weight: number,
): Promise<readonly Hit[]> {
  const weighed = weighTokens(tokens.slice(0, MOST_TOKENS), hits);
  const told = [...bits].filter(([, { length }]) => length > 0);
  const sums = new Map<string, number>();
  for (const [at, { values, weight: counts }] of weighed.entries()) {
    // Each takes a millisecond or two: others have their turn between them.
    if (at % TOKENS_AT_ONCE === TOKENS_AT_ONCE - 1) await setImmediate();
    const table = signTable(values);
    for (const [chunkId, held] of told) {
      sums.set(chunkId, (sums.get(chunkId) ?? 0) + counts * greatestProduct(table, held, bytesOf(values.length)));
    }
  }
  return addEvidence(hits, weight, ({ chunk }) => sums.get(chunk.chunkId) ?? null);
}

/** Tokens whose word is searched for, and how telling it is among the hits. */
function weighTokens(tokens: readonly QuestionToken[], hits: readonly Hit[]) {
  const words = tokens.map(({ word }) => terms(word)[0]);
  const held = holding(new Set(words.filter((word) => word !== undefined)), hits);
  return tokens.flatMap(({ values }, at) => {
    const word = words[at];
    return word === undefined ? [] : [{ values, weight: rarity(held.get(word) ?? 0, hits.length) }];
  });
}

/**
 * For each byte of a token's signs, the sum of the values that it stands for, added where the bit is set and taken away where it is not: a product
 * with 384 signs is then 48 look-ups.
 */
export function signTable(values: Float32Array): Float32Array {
  const bytes = bytesOf(values.length);
  const table = new Float32Array(bytes * 256);
  for (let byte = 0; byte < bytes; byte++) {
    const start = byte * 256;
    table[start] = -values.subarray(byte * 8, byte * 8 + 8).reduce((sum, value) => sum + value, 0);
    for (let bit = 0; bit < 8; bit++) {
      const twice = 2 * (values[byte * 8 + bit] ?? 0);
      const set = 1 << bit;
      for (let signs = 0; signs < set; signs++) table[start + set + signs] = (table[start + signs] ?? 0) + twice;
    }
  }
  return table;
}

/**
 * The greatest product of any of the tokens with the values of the table. Two sums side by side: neither add waits for the other. The innermost
 * loop of a search, whose places are all there: asking whether they are takes more than twice as long.
 */
export function greatestProduct(table: Float32Array, held: Uint8Array, bytes: number): number {
  let greatest = -Infinity;
  for (let token = 0; token + bytes <= held.length; token += bytes) {
    let even = 0;
    let odd = 0;
    for (let byte = 0; byte < bytes; byte += 2) {
      even += table[(byte << 8) | (held[token + byte] as number)] as number;
      if (byte + 1 < bytes) odd += table[((byte + 1) << 8) | (held[token + byte + 1] as number)] as number;
    }
    if (even + odd > greatest) greatest = even + odd;
  }
  return greatest;
}
