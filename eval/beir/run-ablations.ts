import { GroundworkError } from "../../infra/errors.ts";
import { ABLATIONS } from "./ablations.ts";
import { assertStated, openCorpus } from "./open-corpus.ts";
import { rankAll } from "./rank-all.ts";
import { corpusFile, type QueryOptions, readQueries } from "./read-collection.ts";
import { type Judgements, readJudgements } from "./read-qrels.ts";
import { rememberingIndex } from "./remembering-index.ts";
import { scoreRun } from "./score-run.ts";

export interface AblationOptions extends QueryOptions {
  readonly folder: string;
  readonly data?: string | undefined;
  /** At most so many of the judged questions, evenly spread. */
  readonly sample: number;
}

export interface Ablated {
  /** nDCG@10 of each of `ABLATIONS`, in their order. */
  readonly figures: readonly number[];
  /** How many questions were asked. */
  readonly questions: number;
}

/** A BEIR folder under each row of switches. Errors: those of `runBeir`; `unreadable-file` without judgements. */
export async function runAblations(options: AblationOptions): Promise<Ablated> {
  const path = corpusFile(options.folder);
  const judgements = await readJudgements(options.folder);
  if (judgements === null) throw new GroundworkError("unreadable-file", `${options.folder} has no judgements.`);
  const judged = (await readQueries(options.folder, options)).filter(({ id }) => judgements.has(id));
  const queries = evenly(judged, options.sample);
  const asked: Judgements = new Map([...judgements].filter(([query]) => queries.some(({ id }) => id === query)));
  await using corpus = await openCorpus(path, options.data);
  assertStated(options.filter, corpus);
  const figures: number[] = [];
  const resources = { ...corpus.resources, index: rememberingIndex(corpus.resources.index) };
  for (const [, row] of ABLATIONS) {
    const rankings = await rankAll(queries, { ...corpus, resources }, row);
    figures.push(scoreRun(asked, rankings).ndcg10);
  }
  return { figures, questions: queries.length };
}

function evenly<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  return items.filter(
    (_, at) => Math.floor((at * limit) / items.length) !== Math.floor(((at - 1) * limit) / items.length),
  );
}
