import { GroundworkError } from "../../infra/errors.ts";
import type { Reader } from "../../retrieval/reader.ts";
import type { SearchTools } from "../../retrieval/search.ts";
import { progressLine } from "../progress-line.ts";
import { corpusReader } from "./corpus-reader.ts";
import { openCorpus } from "./open-corpus.ts";
import { rankDocuments } from "./rank-documents.ts";
import { corpusFile, type Query, type QueryOptions, readQueries } from "./read-collection.ts";
import { readJudgements } from "./read-qrels.ts";
import { type RankedDocument, type RunScores, scoreRun } from "./score-run.ts";
import { openRun } from "./write-run.ts";

export interface BeirOptions extends QueryOptions {
  readonly folder: string;
  /** Where the run is written. */
  readonly run: string;
  /** Judgements, as a path within the folder; the usual ones by default. */
  readonly qrels?: string | undefined;
  /** Where indexes are kept; by default nothing is. */
  readonly data?: string | undefined;
}

export interface BeirReport {
  /** Null without judgements. */
  readonly scores: RunScores | null;
  readonly queries: number;
  /** Seconds that asking took, without opening and ingesting. */
  readonly seconds: number;
}

/** Questions that are under way at once: while one searches, another is embedded. */
const CONCURRENT = 4;

/**
 * Asks a BEIR folder's questions of its corpus through the search that readers use, writes the run and scores it.
 * Throws `unreadable-file` for what is missing or broken in the folder, `configuration` for an unknown field or a place that cannot
 * be written, and what ingestion and search throw.
 */
export async function runBeir(options: BeirOptions): Promise<BeirReport> {
  const path = corpusFile(options.folder);
  const queries = await readQueries(options.folder, options);
  const judgements = await readJudgements(options.folder, options.qrels);
  await using run = await openRun(options.run);
  await using corpus = await openCorpus(path, options.data);
  assertStated(options.filter, corpus.fields);
  const { index, embedder, log, database } = corpus.resources;
  const tools = { index, embedder, log, readable: database.readable };
  const started = performance.now();
  const rankings = await rankAll(queries, corpusReader(corpus.login), tools);
  const seconds = (performance.now() - started) / 1000;
  for (const [query, ranking] of rankings) await run.write(query, ranking);
  return { scores: judgements === null ? null : scoreRun(judgements, rankings), queries: queries.length, seconds };
}

/** By query id, in the order of the queries. */
async function rankAll(
  queries: readonly Query[],
  reader: Reader,
  tools: SearchTools,
): Promise<ReadonlyMap<string, readonly RankedDocument[]>> {
  const report = progressLine("Asking", "questions", queries.length);
  const rankings = new Map(queries.map(({ id }): [string, readonly RankedDocument[]] => [id, []]));
  const waiting = queries.values();
  let done = 0;
  const ask = async () => {
    for (const query of waiting) {
      rankings.set(query.id, await rankDocuments(query, reader, tools));
      report((done += 1));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, ask));
  return rankings;
}

function assertStated(field: string | undefined, fields: ReadonlySet<string>): void {
  if (field === undefined || fields.has(field)) return;
  const known = fields.size === 0 ? "They have none." : `They have ${[...fields].sort().join(", ")}.`;
  throw new GroundworkError("configuration", `No document states the metadata field “${field}”. ${known}`);
}
