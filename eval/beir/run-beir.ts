import { assertStated, openCorpus } from "./open-corpus.ts";
import { rankAll } from "./rank-all.ts";
import { corpusFile, type QueryOptions, readQueries } from "./read-collection.ts";
import { readJudgements } from "./read-qrels.ts";
import { type RunScores, scoreRun } from "./score-run.ts";
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
  assertStated(options.filter, corpus);
  const started = performance.now();
  const rankings = await rankAll(queries, corpus);
  const seconds = (performance.now() - started) / 1000;
  for (const [query, ranking] of rankings) await run.write(query, ranking);
  return { scores: judgements === null ? null : scoreRun(judgements, rankings), queries: queries.length, seconds };
}
