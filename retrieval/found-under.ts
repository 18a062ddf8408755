import { terms } from "../infra/chunk-index/terms.ts";
import type { ReadableChunk } from "../infra/db/port.ts";
import type { Hit } from "./search.ts";

/** For as long as the chunk itself is held, which is one search. */
const known = new WeakMap<ReadableChunk, readonly string[]>();

/** The terms under which the hit's chunk is found, in order, repeats included: its own and those of the titles above it. */
export function foundUnder({ chunk }: Hit): readonly string[] {
  const held = known.get(chunk) ?? [chunk.document.title, ...chunk.headings, chunk.text].flatMap(terms);
  known.set(chunk, held);
  return held;
}

/** How often each term occurs. */
export function counted(held: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of held) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** How many of the hits are found under each of these terms; terms that none is found under are left out. */
export function holding(asked: ReadonlySet<string>, hits: readonly Hit[]): ReadonlyMap<string, number> {
  return counted(hits.flatMap((hit) => [...new Set(foundUnder(hit))].filter((term) => asked.has(term))));
}

/** How telling a term is that so many of all hits hold: BM25's inverse document frequency, over the hits alone, which the reader may read. */
export function rarity(holding: number, hits: number): number {
  return Math.log(1 + (hits - holding + 0.5) / (holding + 0.5));
}
