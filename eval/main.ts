/**
 * `npm run eval [-- --json]`: measures retrieval, answers and leaks on the sample company. Writes nothing but its index in
 * `EVAL_DATA_DIR`, which is brought up to date at each run. Exit code 1 when anything leaked.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../infra/config.ts";
import { openResources } from "../infra/open.ts";
import { refreshPolicy, synchronise } from "../ingest/synchronise.ts";
import { loadQuestions } from "./load-questions.ts";
import { summaryTable, worstCases } from "./print-report.ts";
import type { CaseResult } from "./run-case.ts";
import { runEvaluation } from "./run-evaluation.ts";
import { type Summary, summarise } from "./summarise.ts";

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const set = loadQuestions();
const forbidden = ({ id, login }: CaseResult) =>
  set.questions.some((question) => question.id === id && question.forbidden.includes(login));

const results = await evaluate();
const summaries = new Map<string, Summary>([
  ["all", summarise(results, forbidden)],
  ...(["documents", "records", "unanswerable"] as const).map(
    (kind) =>
      [
        kind,
        summarise(
          results.filter((result) => result.kind === kind),
          forbidden,
        ),
      ] as const,
  ),
  ...([0, 1] as const).map(
    (half) =>
      [
        `half ${half + 1}`,
        summarise(
          results.filter((result) => result.half === half),
          forbidden,
        ),
      ] as const,
  ),
]);
if (options.json) {
  process.stdout.write(`${JSON.stringify({ summaries: Object.fromEntries(summaries), results }, null, 2)}\n`);
} else {
  const worst = worstCases(results, 20).map((line) => `- ${line}\n`);
  process.stdout.write(
    `${summaryTable(summaries)}\n\n${set.questions.length} questions. Worst cases:\n${worst.join("")}`,
  );
}
process.exitCode = summaries.get("all")?.leakRate === 0 ? 0 : 1;

/** The sample alone is measured, whatever else the environment configures; an answering model is, when there is one. */
async function evaluate(): Promise<readonly CaseResult[]> {
  const { EVAL_DATA_DIR = join(tmpdir(), "groundwork-eval"), LOG_LEVEL = "warn", ...environment } = process.env;
  for (const name of ["DATABASE_URL", "ODOO_URL", "ODOO_DATABASE", "ODOO_API_KEY", "ODOO_SNAPSHOT", "DOCUMENTS_DIR"]) {
    delete environment[name];
  }
  await using resources = await openResources(readConfig({ ...environment, LOG_LEVEL, DATA_DIR: EVAL_DATA_DIR }));
  await synchronise(resources, { onProgress: progress("Ingesting") });
  const policy = await refreshPolicy(resources);
  const { index, embedder, log, languageModel, database } = resources;
  const tools = { index, embedder, log, languageModel, readable: database.readable };
  return await runEvaluation(set, policy, tools, { onProgress: progress("Asking") });
}

/** A line on stderr at every tenth. */
function progress(what: string): (state: { readonly done: number; readonly total: number }) => void {
  let tenth = 0;
  return ({ done, total }) => {
    const now = Math.floor((done / Math.max(total, 1)) * 10);
    if (now === tenth) return;
    tenth = now;
    process.stderr.write(`${what} ${now * 10} %\n`);
  };
}
