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
  const row = likenesses.subarray(at * hits.length, (at + 1) * hits.length);
  let sum = 0;
  let weights = 0;
  for (const other of greatest(row, nearest, at)) {
    const weight = Math.max(0, row[other] ?? 0) ** SHARPNESS;
    sum += weight * (hits[other]?.score ?? 0);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** The places of so many greatest values, but for one place, the greatest first; of equals the earlier. Sorting all takes ten times as long. */
function greatest(values: Float64Array, count: number, besides: number): readonly number[] {
  const places: number[] = [];
  for (let place = 0; place < values.length; place++) {
    let before = places.length;
    while (before > 0 && (values[places[before - 1] as number] as number) < (values[place] as number)) before--;
    if (place === besides || before === count) continue;
    places.splice(before, 0, place);
    if (places.length > count) places.pop();
  }
  return places;
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
const SPREAD = Int32Array.from({ length: 16 }, (_, half) =>
  [0, 1, 2, 3].reduce((lanes, bit) => lanes | (((half >> bit) & 1) << (bit * 8)), 0),
);
/** A count fills its byte; no model here sees so many tokens that tell something. */
const MOST_COUNTED = 255;

/** The sum of the tokens' signs, of unit length. */
function meaning(held: Uint8Array, dimensions: number): Float64Array {
  const size = bytesOf(dimensions);
  const tokens = Math.min(MOST_COUNTED, Math.floor(held.length / size));
  const counts = new Int32Array(size * 2);
  for (let byte = 0; byte < size; byte++) {
    let low = 0;
    let high = 0;
    for (let token = 0, at = byte; token < tokens; token++, at += size) {
      const signs = held[at] as number;
      low = (low + (SPREAD[signs & 15] as number)) | 0;
      high = (high + (SPREAD[signs >> 4] as number)) | 0;
    }
    counts[byte * 2] = low;
    counts[byte * 2 + 1] = high;
  }
  const sum = new Float64Array(dimensions);
  for (let number = 0; number < dimensions; number++) {
    const count = ((counts[number >> 2] ?? 0) >>> ((number & 3) * 8)) & 255;
    sum[number] = 2 * count - tokens;
  }
  const length = Math.sqrt(product(sum, sum)) || 1;
  for (let number = 0; number < dimensions; number++) sum[number] = (sum[number] as number) / length;
  return sum;
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
