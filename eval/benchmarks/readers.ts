import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { openLog } from "../../infra/log.ts";
import type { VectorSpace } from "../../infra/db/vector-spaces.ts";
import { openMiniLm } from "../../infra/models/minilm/open-minilm.ts";
import type { Embedder } from "../../infra/models/port.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import type { Reader } from "../../retrieval/reader.ts";
import { search, type SearchTools } from "../../retrieval/search.ts";
import { filledIndexes } from "./filled-indexes.ts";
import { type InventedChunks, inventedAccess, inventedChunks, inventedReader } from "./invented-chunks.ts";
import { percentileLine } from "./percentiles.ts";

const WORDS = 40;
/** Each reader asks these again and again. */
const QUESTIONS = 20;
const HITS = 10;

interface Tally {
  readonly durations: number[];
  errors: number;
  degraded: number;
  /** Hits that the evaluator does not admit for who asked. */
  foreign: number;
  /** Answers to a question that differ from the same reader's first answer to it. */
  changed: number;
  empty: number;
}

/**
 * `readers [--minutes 5] [--readers 50] [--chunks 20000]`: readers with as many different filters, who ask without a pause through the search of
 * the product, query embedding and recheck included; every hit is held against the evaluator for who asked. The indexes of `filledIndexes`,
 * one after the other. Exit code 1 when an answer failed, was degraded, showed what its reader may not see or changed.
 */
export async function benchmarkReaders(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      minutes: { type: "string", default: "5" },
      readers: { type: "string", default: "50" },
      chunks: { type: "string", default: "20000" },
    },
  });
  const chunks = inventedChunks(Number(values.chunks), 384, WORDS);
  const readers = Array.from({ length: Number(values.readers) }, (_, position) => inventedReader(domainOf(position)));
  const embedder = await openMiniLm({ cacheDirectory: join(tmpdir(), "groundwork-models"), threads: 1 });
  for await (const { name, index, readable, space } of filledIndexes(chunks)) {
    const tools = { index, readable, embedders: questionsIn(space, embedder), log: openLog("error") };
    const until = performance.now() + Number(values.minutes) * 60_000;
    const tally: Tally = { durations: [], errors: 0, degraded: 0, foreign: 0, changed: 0, empty: 0 };
    await Promise.all(readers.map((reader) => askUntil(until, reader, chunks, tools, tally)));
    print(name, Number(values.minutes), new Set(readers.map(({ filter }) => filter.hash)).size, tally);
  }
  await embedder.close();
}

/** Questions as MiniLM embeds them, though the vectors that they are compared with are invented. */
function questionsIn(space: VectorSpace, embedder: Embedder): SearchTools["embedders"] {
  return {
    configured: { space, embedder },
    async embedQuestion(question, signal) {
      const [values] = await embedder.embed([question], signal, "question");
      return values === undefined ? null : { space, values };
    },
  };
}

async function askUntil(
  until: number,
  reader: Reader,
  chunks: InventedChunks,
  tools: SearchTools,
  tally: Tally,
): Promise<void> {
  const answers = new Map<number, string>();
  for (let turn = 0; performance.now() < until; turn++) {
    const question = turn % QUESTIONS;
    const start = performance.now();
    try {
      const { hits, degraded } = await search({ query: chunks.questionText(question), limit: HITS }, reader, tools);
      tally.durations.push(performance.now() - start);
      if (degraded !== null) tally.degraded++;
      if (hits.length === 0) tally.empty++;
      const ids = hits.map(({ chunk }) => chunk.chunkId);
      tally.foreign += ids.filter((id) => !evaluateAccess(reader.filter, inventedAccess(chunks, Number(id)))).length;
      if ((answers.get(question) ?? ids.join()) !== ids.join()) tally.changed++;
      answers.set(question, ids.join());
    } catch (error) {
      tally.errors++;
      tools.log.error({ error }, "a question failed");
    }
  }
}

function print(name: string, minutes: number, filters: number, tally: Tally): void {
  const { durations, errors, degraded, foreign, changed, empty } = tally;
  process.stdout.write(
    `\n${name}: ${filters} different filters, ${minutes} minutes, ${(durations.length / minutes / 60).toFixed(1)} answers a second\n`,
  );
  process.stdout.write(percentileLine("answer", durations));
  process.stdout.write(
    `errors ${errors}, degraded ${degraded}, hits of another reader ${foreign}, changed answers ${changed}, empty ${empty}\n`,
  );
  if (durations.length === 0 || errors + degraded + foreign + changed > 0) process.exitCode = 1;
}

/** Ranges, ranges cut by another, unions and complements, each of its own bounds. */
function domainOf(position: number): string {
  const [topic, lot] = [(position * 17) % 800, (position * 190) % 8_000];
  switch (position % 4) {
    case 0:
      return `[('topic', '>=', ${topic}), ('topic', '<', ${topic + 100 + position})]`;
    case 1:
      return `[('topic', '<', ${topic + 200}), ('lot', '>=', ${lot}), ('lot', '<', ${lot + 2_000})]`;
    case 2:
      return `['|', ('topic', '=', ${topic}), ('lot', '<', ${lot + 100})]`;
    default:
      return `['!', ('topic', '<', ${topic + 100})]`;
  }
}
