import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";

import { readConfig } from "../../infra/config.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openResources, type Resources } from "../../infra/open.ts";
import { openIngestion } from "../../ingest/ingestion.ts";
import { openReader, type Reader } from "../../retrieval/reader.ts";
import { search, type SearchTools } from "../../retrieval/search.ts";
import { loadQuestions } from "../load-questions.ts";
import { percentileLine } from "./percentiles.ts";

const READERS = ["petra.purchasing", "fiona.finance", "emil.employee"];
const NANOSECONDS = 1e6;

/** What one search took, milliseconds. */
interface Spent {
  total: number;
  embedding: number;
  /** Each query to the index, the first first. */
  readonly index: number[];
  reading: number;
}

/**
 * `search`: what the whole search path takes over what it cannot do without, on the sample company in `EVAL_DATA_DIR`, embedded: each question
 * once, by readers in turn, nothing remembered of rankings. Bare are the embedding of the question and the queries to the index, measured
 * inside the very searches; since a search asks the index a second time with the words of the first one's best hits, the ratio is given
 * over the first query alone and over all of them. Both sides are parts of the same searches, so that a busy machine slows them alike. The delay
 * of the event loop meanwhile tells whether anything blocked it, and the longest pause for garbage whether that was it.
 */
export async function benchmarkSearch(): Promise<void> {
  const { EVAL_DATA_DIR = join(tmpdir(), "groundwork-eval"), LATE_INTERACTION } = process.env;
  await using resources = await openResources(
    readConfig({ LOG_LEVEL: "error", DATA_DIR: EVAL_DATA_DIR, LATE_INTERACTION }),
  );
  await using ingestion = openIngestion(resources);
  await ingestion.synchronise({ onProgress: () => {} });
  const policy = await resources.database.policies.latest();
  if (policy === null) throw new GroundworkError("internal", "The sample's policy was not saved.");
  const readers = READERS.map((login) => openReader(login, policy));
  // The first search of a reader plans and remembers what the filter admits; the first of all warms up.
  for (const reader of readers) await timed("warm up", reader, resources);
  const { questions } = loadQuestions();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let pause = 0;
  const garbage = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pause = Math.max(pause, duration);
  });
  garbage.observe({ entryTypes: ["gc"] });
  delay.enable();
  const spent: Spent[] = [];
  for (const [position, { question }] of questions.entries()) {
    const reader = readers[position % readers.length];
    if (reader !== undefined) spent.push(await timed(question, reader, resources));
  }
  delay.disable();
  garbage.disconnect();
  report(spent, { p99: delay.percentile(99) / NANOSECONDS, longest: delay.max / NANOSECONDS, pause });
}

async function timed(query: string, reader: Reader, resources: Resources): Promise<Spent> {
  const spent: Spent = { total: 0, embedding: 0, index: [], reading: 0 };
  const { index, embedders, database, log } = resources;
  const tools: SearchTools = {
    log,
    index: {
      search: (...asked) =>
        clocked(
          () => index.search(...asked),
          (ms) => spent.index.push(ms),
        ),
    },
    embedders: {
      configured: embedders.configured,
      embedQuestion: (...asked) =>
        clocked(
          () => embedders.embedQuestion(...asked),
          (ms) => (spent.embedding += ms),
        ),
    },
    tokens: {
      of: (...asked) =>
        clocked(
          () => database.tokens.of(...asked),
          (ms) => (spent.reading += ms),
        ),
    },
    readable: {
      ...database.readable,
      chunks: (...asked) =>
        clocked(
          () => database.readable.chunks(...asked),
          (ms) => (spent.reading += ms),
        ),
    },
  };
  await clocked(
    () => search({ query, limit: 10 }, reader, tools),
    (ms) => (spent.total = ms),
  );
  return spent;
}

async function clocked<T>(work: () => Promise<T>, note: (milliseconds: number) => unknown): Promise<T> {
  const started = performance.now();
  const result = await work();
  note(performance.now() - started);
  return result;
}

interface Delay {
  readonly p99: number;
  readonly longest: number;
  /** For garbage, the longest. */
  readonly pause: number;
}

function report(spent: readonly Spent[], delay: Delay): void {
  const totals = spent.map(({ total }) => total);
  const first = spent.map(({ embedding, index }) => embedding + (index[0] ?? 0));
  const all = spent.map(({ embedding, index }) => embedding + sum(index));
  const lines: readonly (readonly [string, readonly number[]])[] = [
    ["whole search", totals],
    ["embedding of the question", spent.map(({ embedding }) => embedding)],
    ["first query to the index", spent.map(({ index }) => index[0] ?? 0)],
    ["all queries to the index", spent.map(({ index }) => sum(index))],
    ["reading and rechecking chunks", spent.map(({ reading }) => reading)],
  ];
  for (const [name, values] of lines) process.stdout.write(percentileLine(name, values));
  const ratio = (bare: readonly number[]) => (median(totals) / median(bare)).toFixed(2);
  process.stdout.write(`whole search over embedding + first query: ${ratio(first)}\n`);
  process.stdout.write(`whole search over embedding + all queries: ${ratio(all)}\n`);
  process.stdout.write(
    `event loop delay in ${spent.length} searches: p99 ${delay.p99.toFixed(1)}, longest ${delay.longest.toFixed(1)} ms; longest pause for garbage ${delay.pause.toFixed(1)} ms\n`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
