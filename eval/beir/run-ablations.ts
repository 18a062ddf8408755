import { GroundworkError } from "../../infra/errors.ts";
import type { SearchOptions } from "../../retrieval/search-options.ts";
import { assertStated, openCorpus } from "./open-corpus.ts";
import { rankAll } from "./rank-all.ts";
import { corpusFile, type QueryOptions, readQueries } from "./read-collection.ts";
import { type Judgements, readJudgements } from "./read-qrels.ts";
import { scoreRun } from "./score-run.ts";

export interface AblationOptions extends QueryOptions {
  readonly folder: string;
  readonly data?: string | undefined;
  /** At most so many of the judged questions, evenly spread. */
  readonly limit: number;
}

/** nDCG@10 of a BEIR folder under each of the search's options. Errors: those of `runBeir`; `unreadable-file` without judgements. */
export async function runAblations(
  options: AblationOptions,
  rows: readonly SearchOptions[],
): Promise<readonly number[]> {
  const path = corpusFile(options.folder);
  const judgements = await readJudgements(options.folder);
  if (judgements === null) throw new GroundworkError("unreadable-file", `${options.folder} has no judgements.`);
  const judged = (await readQueries(options.folder, options)).filter(({ id }) => judgements.has(id));
  const queries = evenly(judged, options.limit);
  const asked: Judgements = new Map([...judgements].filter(([query]) => queries.some(({ id }) => id === query)));
  await using corpus = await openCorpus(path, options.data);
  assertStated(options.filter, corpus);
  const figures: number[] = [];
  for (const row of rows) figures.push(scoreRun(asked, await rankAll(queries, corpus, row)).ndcg10);
  return figures;
}

function evenly<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  return items.filter(
    (_, at) => Math.floor((at * limit) / items.length) !== Math.floor(((at - 1) * limit) / items.length),
  );
}
