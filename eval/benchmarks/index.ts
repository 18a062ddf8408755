import { parseArgs } from "node:util";

import type { AccessFilter } from "../../permissions/access-filter.ts";
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
 * indexes of `filledIndexes`. Each question is asked under every filter in turn, so that a busy machine slows all of them alike; each filter was
 * asked under before, for the first search evaluates it.
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
  { name, index, space, size }: FilledIndex,
  chunks: InventedChunks,
  questions: readonly Float32Array[],
): Promise<void> {
  process.stdout.write(`\n${name}: ${chunks.count} chunks, ${questions.length} questions, ${size}\n`);
  process.stdout.write("admitted  cut        recall@10   p50 ms   p95 ms   p95 / unfiltered\n");
  const runs = SHARES.flatMap((share) => shapesOf(share).map((shape) => newRun(share, shape, chunks)));
  for (const question of questions.slice(0, 2)) for (const run of runs) await ask({ index, space }, run, question);
  for (const [position, question] of questions.entries()) {
    const answers = new Map<Run, ReadonlySet<number>>();
    for (const run of inTurn(runs, position)) {
      const start = performance.now();
      answers.set(run, await ask({ index, space }, run, question));
      run.durations.push(performance.now() - start);
    }
    const scores = Float32Array.from({ length: chunks.count }, (_, chunk) => product(question, chunks.vector(chunk)));
    for (const [run, found] of answers) {
      const nearest = best(run.admitted, scores);
      run.wanted += nearest.length;
      run.found += nearest.filter((chunk) => found.has(chunk)).length;
    }
  }
  const unfiltered = percentile(runs[0]?.durations ?? [], 0.95);
  for (const { share, shape, durations, found, wanted } of runs) {
    const [p50, p95] = [percentile(durations, 0.5), percentile(durations, 0.95)];
    const recall = wanted === 0 ? 1 : found / wanted;
    const admitted = `${share * 100} %`.padStart(8);
    const figures = [recall.toFixed(4).padStart(9), p50.toFixed(1).padStart(8), p95.toFixed(1).padStart(8)];
    process.stdout.write(
      `${admitted}  ${shape.name.padEnd(9)}${figures.join(" ")}   ${(p95 / unfiltered).toFixed(2).padStart(8)}\n`,
    );
  }
}

/** Steps that meet every one of the runs. */
const STEPS = [1, 2, 4, 7, 8, 11, 13, 14];

/** In another order each time: a filter that always followed the same one would find its vectors at hand, or never. */
function inTurn(runs: readonly Run[], position: number): readonly Run[] {
  const step = STEPS[position % STEPS.length] ?? 1;
  return runs.flatMap((_, each) => runs[(position + each * step) % runs.length] ?? []);
}

interface Run {
  readonly share: number;
  readonly shape: Shape;
  readonly filter: AccessFilter;
  readonly admitted: readonly number[];
  readonly durations: number[];
  found: number;
  wanted: number;
}

function newRun(share: number, shape: Shape, chunks: InventedChunks): Run {
  const admitted = Array.from({ length: chunks.count }, (_, chunk) => chunk).filter((chunk) =>
    shape.admits(chunks.topic(chunk), chunks.lot(chunk)),
  );
  return { share, shape, filter: inventedFilter(shape.domain), admitted, durations: [], found: 0, wanted: 0 };
}

async function ask(
  { index, space }: Pick<FilledIndex, "index" | "space">,
  { filter }: Run,
  question: Float32Array,
): Promise<ReadonlySet<number>> {
  const { vector } = await index.search({ text: "", vector: { space, values: question }, limit: CANDIDATES }, filter);
  return new Set(vector.slice(0, NEAREST).map(({ chunkId }) => Number(chunkId)));
}

/** The admitted chunks of the greatest scores, best first. */
function best(admitted: readonly number[], scores: Float32Array): readonly number[] {
  const scoreOf = (chunk: number) => scores[chunk] ?? 0;
  const nearest: number[] = [];
  for (const chunk of admitted) {
    if (nearest.length === NEAREST && scoreOf(chunk) <= scoreOf(nearest.at(-1) ?? chunk)) continue;
    const place = nearest.findIndex((other) => scoreOf(other) < scoreOf(chunk));
    nearest.splice(place === -1 ? nearest.length : place, 0, chunk);
    if (nearest.length > NEAREST) nearest.pop();
  }
  return nearest;
}

function product(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let position = 0; position < left.length; position++) sum += (left[position] ?? 0) * (right[position] ?? 0);
  return sum;
}
