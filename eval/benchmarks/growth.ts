import { parseArgs } from "node:util";

import type { ChunkIndex, ChunkQuery } from "../../infra/chunk-index/port.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { type FilledIndex, filledIndexes } from "./filled-indexes.ts";
import { type InventedChunks, inventedChunks, inventedFilter, shapesOf } from "./invented-chunks.ts";
import { percentile } from "./percentiles.ts";

/** As a reader's search asks. */
const CANDIDATES = 300;
const SHARES = [1, 0.1, 0.001];
const WARM = 10;

interface Question {
  readonly text: string;
  readonly vector: Float32Array;
}

/**
 * `growth [--chunks 100000] [--words 80] [--dimensions 384] [--questions 50]`: how long the index takes to build, what it occupies, and how long
 * a reader's search takes in it, each list alone and both at once, over chunks of invented words whose frequencies fall as those of a language do.
 * Questions are of five words, two of which about a tenth of the chunks hold. The same database and Qdrant settings as `index`; run it once for each size.
 */
export async function benchmarkGrowth(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      chunks: { type: "string", default: "100000" },
      words: { type: "string", default: "80" },
      dimensions: { type: "string", default: "384" },
      questions: { type: "string", default: "50" },
    },
  });
  const chunks = inventedChunks(Number(values.chunks), Number(values.dimensions), Number(values.words));
  const questions = Array.from({ length: Number(values.questions) }, (_, position) => ({
    text: chunks.questionText(position),
    vector: chunks.question(position),
  }));
  for await (const filled of filledIndexes(chunks)) await measure(filled, chunks, questions);
}

type Asked = Pick<ChunkQuery, "text" | "vector">;

async function measure(
  { name, index, space, size }: FilledIndex,
  chunks: InventedChunks,
  questions: readonly Question[],
): Promise<void> {
  process.stdout.write(`\n${name}: ${chunks.count} chunks, ${questions.length} questions, ${size}\n`);
  process.stdout.write("admitted         keyword p50    p95    vector p50    p95      both p50    p95 ms\n");
  for (const share of SHARES) {
    const filter = inventedFilter(shapesOf(share)[0]?.domain ?? "[]");
    const lists: readonly ((question: Question) => Asked)[] = [
      ({ text }) => ({ text, vector: null }),
      ({ vector }) => ({ text: "", vector: { space, values: vector } }),
      ({ text, vector }) => ({ text, vector: { space, values: vector } }),
    ];
    const columns: string[] = [];
    for (const asked of lists) {
      const durations = await durationsOf(index, filter, questions.map(asked));
      columns.push(`${format(percentile(durations, 0.5))}${format(percentile(durations, 0.95))}`);
    }
    process.stdout.write(`${`${share * 100} %`.padStart(8)}    ${columns.join("    ")}\n`);
  }
}

async function durationsOf(
  index: ChunkIndex,
  filter: AccessFilter,
  questions: readonly Asked[],
): Promise<readonly number[]> {
  const durations: number[] = [];
  for (const question of [...questions.slice(0, WARM), ...questions]) {
    const start = performance.now();
    await index.search({ ...question, limit: CANDIDATES }, filter);
    durations.push(performance.now() - start);
  }
  return durations.slice(WARM);
}

function format(milliseconds: number): string {
  return milliseconds.toFixed(1).padStart(8);
}
