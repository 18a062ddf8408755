import { bytesOf } from "../infra/models/token-bits.ts";
import { addEvidence } from "./add-evidence.ts";
import type { TokenBits } from "./late-interaction.ts";
import type { Hit } from "./search.ts";

export interface LikenessOptions {
  /** Used only where the search found at least so many candidates in a list: within one document all passages are alike. */
  readonly among: number;
  /** How many of the other hits, those most alike, speak for a hit. */
  readonly nearest: number;
  /** What they count beside the score there was. */
  readonly weight: number;
}

/** How much more a close likeness counts than a faint one. */
const SHARPNESS = 4;

/**
 * Passages that mean much the same tend to answer the same question: the mean score of the hits that are most like a hit, by the sums of their
 * token signs, is a sign of its own. Hits without token bits keep their scores and speak for none.
 * Method: Diaz, "Regularizing Query-Based Retrieval Scores", Information Retrieval 10, 2007 (the cluster hypothesis).
 */
export function withLikenessEvidence(
  hits: readonly Hit[],
  bits: TokenBits,
  dimensions: number,
  { nearest, weight }: LikenessOptions,
): readonly Hit[] {
  const held = hits.filter(({ chunk }) => (bits.get(chunk.chunkId)?.length ?? 0) > 0);
  const meanings = held.map(({ chunk }) => meaning(bits.get(chunk.chunkId) ?? new Uint8Array(), dimensions));
  const likenesses = likenessOfAll(meanings);
  const signs = new Map(held.map((hit, at) => [hit.chunk.chunkId, spokenFor(at, likenesses, held, nearest)]));
  return addEvidence(hits, weight, ({ chunk }) => signs.get(chunk.chunkId) ?? null);
}

/** The mean score of the hits that are most like this one, the closer the weightier. */
function spokenFor(at: number, likenesses: Float64Array, hits: readonly Hit[], nearest: number): number {
  const others = hits
    .map(({ score }, other) => ({ score, likeness: likenesses[at * hits.length + other] ?? 0, isOther: other !== at }))
    .filter(({ isOther }) => isOther)
    .sort((left, right) => right.likeness - left.likeness)
    .slice(0, nearest);
  let [sum, weights] = [0, 0];
  for (const { likeness, score } of others) {
    const weight = Math.max(0, likeness) ** SHARPNESS;
    sum += weight * score;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** Of each pair, both ways round, by rows. */
function likenessOfAll(meanings: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(meanings.length ** 2);
  for (const [row, left] of meanings.entries()) {
    for (let column = 0; column < row; column++) {
      const likeness = product(left, meanings[column] ?? left);
      all[row * meanings.length + column] = likeness;
      all[column * meanings.length + row] = likeness;
    }
  }
  return all;
}

/** Four bits of a byte, each in a byte of its own: four counts are added at once. */
const SPREAD = Uint32Array.from({ length: 16 }, (_, half) =>
  [0, 1, 2, 3].reduce((lanes, bit) => lanes | (((half >> bit) & 1) << (bit * 8)), 0),
);
/** A count fills its byte; no model here sees so many tokens that tell something. */
const MOST_COUNTED = 255;

/** The sum of the tokens' signs, of unit length. */
function meaning(held: Uint8Array, dimensions: number): Float64Array {
  const size = bytesOf(dimensions);
  const tokens = Math.min(MOST_COUNTED, Math.floor(held.length / size));
  const counts = new Uint32Array(size * 2);
  for (let token = 0, at = 0; token < tokens; token++) {
    for (let byte = 0; byte < size; byte++, at++) {
      const signs = held[at] as number;
      counts[byte * 2] = (counts[byte * 2] as number) + (SPREAD[signs & 15] as number);
      counts[byte * 2 + 1] = (counts[byte * 2 + 1] as number) + (SPREAD[signs >> 4] as number);
    }
  }
  const sum = new Float64Array(dimensions);
  for (let number = 0; number < dimensions; number++) {
    const count = ((counts[number >> 2] ?? 0) >>> ((number & 3) * 8)) & 255;
    sum[number] = 2 * count - tokens;
  }
  const length = Math.sqrt(product(sum, sum)) || 1;
  return sum.map((value) => value / length);
}

/** Of vectors of one length. For each pair of hits: like all innermost loops here it does not ask whether places are there. */
function product(left: Float64Array, right: Float64Array): number {
  let even = 0;
  let odd = 0;
  const pairs = left.length & ~1;
  for (let at = 0; at < pairs; at += 2) {
    even += (left[at] as number) * (right[at] as number);
    odd += (left[at + 1] as number) * (right[at + 1] as number);
  }
  return even + odd + (pairs < left.length ? (left[pairs] as number) * (right[pairs] as number) : 0);
}
