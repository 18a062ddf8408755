import { parseArgs } from "node:util";

import type { ChunkIndex, ChunkQuery } from "../../infra/chunk-index/port.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { mean } from "../measures.ts";
import { type FilledIndex, filledIndexes } from "./filled-indexes.ts";
import { type InventedChunks, inventedChunks, inventedFilter, shapesOf } from "./invented-chunks.ts";
import { percentile } from "./percentiles.ts";

/** As a reader's search asks. */
const CANDIDATES = 300;
const SHARES = [1, 0.1, 0.001];
const WARM = 10;
const DEPTHS = [10, 100];

interface Question {
  readonly text: string;
  readonly vector: Float32Array;
}

/**
 * `growth [--chunks 100000] [--words 80] [--dimensions 384] [--questions 50] [--compared 10]`: how long the index takes to build, what it
 * occupies, and how long a reader's search takes in it, each list alone and both at once, over chunks of invented words whose frequencies fall
 * as those of a language do. Questions are of five words, two of which about a tenth of the chunks hold. Where keywords go by a sample, also how
 * many of the best ten and hundred that counting finds are among its own, for the first `compared` questions and for five at a time in one: words
 * that nothing ties together, the worst for a sample. The same database and Qdrant settings as `index`; run it once for each size.
 */
export async function benchmarkGrowth(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      chunks: { type: "string", default: "100000" },
      words: { type: "string", default: "80" },
      dimensions: { type: "string", default: "384" },
      questions: { type: "string", default: "50" },
      compared: { type: "string", default: "10" },
    },
  });
  const chunks = inventedChunks(Number(values.chunks), Number(values.dimensions), Number(values.words));
  const questions = Array.from({ length: Number(values.questions) }, (_, position) => ({
    text: chunks.questionText(position),
    vector: chunks.question(position),
  }));
  for await (const filled of filledIndexes(chunks)) {
    await measure(filled, chunks, questions);
    const compared = questions.slice(0, Number(values.compared)).length;
    if (filled.counted !== undefined && compared > 0) {
      await compareWithCounted(filled.index, filled.counted, questions, compared);
    }
  }
}

async function compareWithCounted(
  index: ChunkIndex,
  counted: ChunkIndex,
  questions: readonly Question[],
  compared: number,
): Promise<void> {
  const few = questions.slice(0, compared).map(({ text }) => text);
  const long = few.map((text, position) =>
    [text, ...questions.slice(position + 1, position + 5).map((question) => question.text)].join(" "),
  );
  process.stdout.write("\nkeywords against all counted        the best 10    100\n");
  for (const share of SHARES) {
    for (const [name, texts] of Object.entries({ "5 words": few, "25 words": long })) {
      const found: (readonly number[])[] = [];
      for (const text of texts) found.push(await foundOf(index, counted, text, share));
      const columns = [0, 1].map((depth) =>
        (mean(found.map((shares) => shares[depth] ?? 0)) ?? 0).toFixed(3).padStart(8),
      );
      process.stdout.write(`${`${share * 100} %`.padStart(8)} ${name.padStart(10)} ${columns.join("")}\n`);
    }
  }
}

/** Of the best ten and hundred that counting finds, the share among the index's own ten and hundred. */
async function foundOf(
  index: ChunkIndex,
  counted: ChunkIndex,
  text: string,
  share: number,
): Promise<readonly number[]> {
  const query = { text, vector: null, limit: CANDIDATES };
  const filter = filterOf(share);
  const [own, right] = [await index.search(query, filter), await counted.search(query, filter)];
  return DEPTHS.map((depth) => {
    const best = new Set(right.keyword.slice(0, depth).map(({ chunkId }) => chunkId));
    return own.keyword.slice(0, depth).filter(({ chunkId }) => best.has(chunkId)).length / Math.max(best.size, 1);
  });
}

function filterOf(share: number): AccessFilter {
  return inventedFilter(shapesOf(share)[0]?.domain ?? "[]");
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
    const filter = filterOf(share);
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
