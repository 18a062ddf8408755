import { parseArgs } from "node:util";

import type { ChunkIndex } from "../../infra/chunk-index/port.ts";
import { type FilledIndex, filledIndexes } from "./filled-indexes.ts";
import { type InventedChunks, inventedChunks, inventedFilter, type Shape, shapesOf } from "./invented-chunks.ts";
import { percentile } from "./percentiles.ts";

const SHARES = [1, 0.5, 0.1, 0.01, 0.001];
const NEAREST = 10;
/** As a reader's search asks. */
const CANDIDATES = 100;

/**
 * `index [--chunks 100000] [--dimensions 384] [--questions 50]`: recall of the ten nearest under filters that admit 0.1 to 100 %, cut at random,
 * along topics and by both, against comparing every admitted vector; and how long the vector list takes. Over invented chunks in the
 * indexes of `filledIndexes`.
 */
export async function benchmarkIndex(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      chunks: { type: "string", default: "100000" },
      dimensions: { type: "string", default: "384" },
      questions: { type: "string", default: "50" },
    },
  });
  const chunks = inventedChunks(Number(values.chunks), Number(values.dimensions));
  const questions = Array.from({ length: Number(values.questions) }, (_, position) => chunks.question(position));
  for await (const filled of filledIndexes(chunks)) await measure(filled, chunks, questions);
}

async function measure(
  { name, index, size }: FilledIndex,
  chunks: InventedChunks,
  questions: readonly Float32Array[],
): Promise<void> {
  process.stdout.write(`\n${name}: ${chunks.count} chunks, ${questions.length} questions, ${size}\n`);
  process.stdout.write("admitted  cut        recall@10   p50 ms   p95 ms   p95 / unfiltered\n");
  await run(index, chunks, questions.slice(0, 10), {
    name: "warm",
    domain: "[(1, '=', 1)]",
    admits: () => true,
  });
  let unfiltered: number | null = null;
  for (const share of SHARES) {
    for (const shape of shapesOf(share)) {
      const { recall, durations } = await run(index, chunks, questions, shape);
      const [p50, p95] = [percentile(durations, 0.5), percentile(durations, 0.95)];
      unfiltered ??= p95;
      const admitted = `${share * 100} %`.padStart(8);
      const figures = [recall.toFixed(4).padStart(9), p50.toFixed(1).padStart(8), p95.toFixed(1).padStart(8)];
      process.stdout.write(
        `${admitted}  ${shape.name.padEnd(9)}${figures.join(" ")}   ${(p95 / unfiltered).toFixed(2).padStart(8)}\n`,
      );
    }
  }
}

async function run(index: ChunkIndex, chunks: InventedChunks, questions: readonly Float32Array[], shape: Shape) {
  const filter = inventedFilter(shape.domain);
  const admitted = Array.from({ length: chunks.count }, (_, chunk) => chunk).filter((chunk) =>
    shape.admits(chunks.topic(chunk), chunks.lot(chunk)),
  );
  const durations: number[] = [];
  let [found, wanted] = [0, 0];
  for (const question of questions) {
    const start = performance.now();
    const { vector } = await index.search({ text: "", vector: question, limit: CANDIDATES }, filter);
    durations.push(performance.now() - start);
    const nearest = exact(question, admitted, chunks);
    const held = new Set(vector.slice(0, NEAREST).map(({ chunkId }) => Number(chunkId)));
    wanted += nearest.length;
    found += nearest.filter((chunk) => held.has(chunk)).length;
  }
  return { recall: wanted === 0 ? 1 : found / wanted, durations };
}

function exact(question: Float32Array, admitted: readonly number[], chunks: InventedChunks): readonly number[] {
  return admitted
    .map((chunk) => ({ chunk, score: product(question, chunks.vector(chunk)) }))
    .sort((left, right) => right.score - left.score)
    .slice(0, NEAREST)
    .map(({ chunk }) => chunk);
}

function product(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let position = 0; position < left.length; position++) sum += (left[position] ?? 0) * (right[position] ?? 0);
  return sum;
}
