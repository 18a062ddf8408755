import { parseArgs } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { type BeirReport, runBeir } from "./run-beir.ts";

const USAGE =
  "npm run eval -- beir <folder> --run <file> [--queries NAME] [--filter FIELD] [--question FIELD] [--qrels FILE] [--data DIR]";

/** `npm run eval -- beir …`: see `eval/README.md`. Throws `configuration` for a wrong command line, and what `runBeir` throws. */
export async function beirCommand(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(parameters);
  const [folder, ...others] = positionals;
  const { run, queries = "queries", filter, question, qrels, data } = values;
  if (folder === undefined || run === undefined || others.length > 0) throw misused("One folder and --run are needed.");
  const report = await runBeir({ folder, run, queries, filter, question, qrels, data });
  process.stdout.write(`${reportText(report, run)}\n`);
}

function parsed(parameters: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { run: text, queries: text, filter: text, question: text, qrels: text, data: text };
  try {
    return parseArgs({ args: [...parameters], options, allowPositionals: true });
  } catch (cause) {
    throw misused(cause instanceof Error ? `${cause.message}.` : "The command is not understood.");
  }
}

function misused(what: string): GroundworkError {
  return new GroundworkError("configuration", `${what} Usage: ${USAGE}`);
}

function reportText({ scores, queries, seconds }: BeirReport, run: string): string {
  const asked = `${queries} questions in ${seconds.toFixed(1)} s (${(queries / seconds).toFixed(1)} a second), run in ${run}`;
  if (scores === null) return `${asked}\nNo judgements (qrels.tsv): not scored.`;
  const figures = [
    `nDCG@10 ${scores.ndcg10.toFixed(4)}`,
    `recall@10 ${scores.recall10.toFixed(4)}`,
    `recall@100 ${scores.recall100.toFixed(4)}`,
    `MRR ${scores.reciprocalRank.toFixed(4)}`,
  ];
  return `${asked}\n${figures.join("  ")}  over ${scores.queries} judged questions`;
}
