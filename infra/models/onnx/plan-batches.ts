/**
 * Padded tokens in one batch: two full chunks, with MiniLM about 130 ms. Larger batches are no faster on a CPU and would make a query, which cannot
 * interrupt a running batch, wait longer.
 */
const MAXIMUM_BATCH_TOKENS = 512;
const MARKERS = 2;
const CHARACTERS_PER_TOKEN = 4;

/** Groups texts of similar length, as padding to the longest is wasted work. Returns the positions of the texts of each batch. */
export function planBatches(texts: readonly string[], maximumTokens: number): number[][] {
  const sorted = texts
    .map((text, position) => ({ position, tokens: estimateTokens(text, maximumTokens) }))
    .sort((a, b) => a.tokens - b.tokens);
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const { position, tokens } of sorted) {
    if (batch.length > 0 && (batch.length + 1) * tokens > MAXIMUM_BATCH_TOKENS) {
      batches.push(batch);
      batch = [];
    }
    batch.push(position);
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

/** Good enough to sort by; the worker counts exactly. */
function estimateTokens(text: string, maximumTokens: number): number {
  return Math.min(maximumTokens, MARKERS + Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}
