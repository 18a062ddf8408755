import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { followOnce } from "../../infra/chunk-index/follow-database.ts";
import { openChunkIndex, type OpenedIndex } from "../../infra/chunk-index/open-chunk-index.ts";
import type { ChunkIndex } from "../../infra/chunk-index/port.ts";
import { type Config, processEnvironment, readConfig } from "../../infra/config.ts";
import { type OpenedDatabase, openDatabase } from "../../infra/db/open-database.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openLog } from "../../infra/log.ts";
import { type InventedChunks, inventedChunks, inventedFilter, type Shape, shapesOf } from "./invented-chunks.ts";

const SHARES = [1, 0.5, 0.1, 0.01, 0.001];
const WRITERS = 4;
const NEAREST = 10;
/** As a reader's search asks. */
const CANDIDATES = 100;

/**
 * `index [--chunks 100000] [--dimensions 384] [--questions 50]`: recall of the ten nearest under filters that admit 0.1 to 100 %, cut at random,
 * along topics and by both, against comparing every admitted vector; and how long the vector list takes. Over invented chunks in an
 * empty database: embedded in a folder of its own, or that of DATABASE_URL; with QDRANT_URL on Qdrant too. A database that this benchmark
 * has filled with as many chunks is used again.
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
  const config = readConfig(processEnvironment());
  const chunks = inventedChunks(Number(values.chunks), Number(values.dimensions));
  const questions = Array.from({ length: Number(values.questions) }, (_, position) => chunks.question(position));
  const location =
    config.databaseUrl === null
      ? { dataDirectory: mkdtempSync(join(tmpdir(), "groundwork-benchmark-")) }
      : { databaseUrl: config.databaseUrl.reveal() };
  const opened = await openDatabase(location, { dimensions: chunks.dimensions });
  try {
    await fill(opened, chunks);
    await measure(
      `pgvector, ${config.databaseUrl === null ? "embedded" : "Postgres"}`,
      opened.index,
      chunks,
      questions,
    );
    if (config.qdrant !== null) await withQdrant(config, opened, chunks, questions);
  } finally {
    await opened.database.close();
  }
}

async function fill({ database, followed }: OpenedDatabase, chunks: InventedChunks): Promise<void> {
  const held = (await followed.documents.counts()).chunks;
  const invented = (await database.ingested.states("folder:benchmark")).size > 0;
  if (held === chunks.count && invented) return;
  if (held > 0) {
    throw new GroundworkError(
      "configuration",
      "The benchmark fills an empty database; this one holds documents. Name another.",
    );
  }
  const documents = chunks.documents()[Symbol.iterator]();
  await timed(`${chunks.count} chunks written`, async () => {
    await Promise.all(Array.from({ length: WRITERS }, () => writeAll(documents, database)));
  });
  await timed("maintained, with the graph where one is worth it", () => database.maintain());
}

async function writeAll(
  documents: Iterator<ReturnType<InventedChunks["documents"]> extends Iterable<infer Each> ? Each : never>,
  { ingested }: OpenedDatabase["database"],
): Promise<void> {
  for (let next = documents.next(); next.done !== true; next = documents.next()) {
    await ingested.write(next.value.document, next.value.vectors);
  }
}

async function withQdrant(
  config: Config,
  opened: OpenedDatabase,
  chunks: InventedChunks,
  questions: readonly Float32Array[],
): Promise<void> {
  const setting = config.qdrant === null ? null : { ...config.qdrant, fallback: false };
  await using index: OpenedIndex = await openChunkIndex(setting, chunks.dimensions, opened, openLog("silent"));
  const indexFollower = index.following;
  if (indexFollower === null) return;
  await timed("Qdrant filled, its graph built", async () => {
    while ((await followOnce(indexFollower)) !== 0) await sleep(500);
    while ((await indexFollower.copy.state()).health !== "green") await sleep(500);
  });
  await measure(`Qdrant, quantization ${config.qdrant?.quantization ?? ""}`, index.index, chunks, questions);
}

async function measure(
  name: string,
  index: ChunkIndex,
  chunks: InventedChunks,
  questions: readonly Float32Array[],
): Promise<void> {
  process.stdout.write(`\n${name}: ${chunks.count} chunks, ${questions.length} questions\n`);
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

function percentile(durations: readonly number[], share: number): number {
  const sorted = [...durations].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
