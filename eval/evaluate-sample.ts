import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchUp } from "../infra/chunk-index/follow-database.ts";
import { readConfig } from "../infra/config.ts";
import { openResources } from "../infra/open.ts";
import { GroundworkError } from "../infra/errors.ts";
import { openIngestion } from "../ingest/ingestion.ts";
import { evaluationStores } from "./evaluation-stores.ts";
import { unitsLeft } from "../ingest/stages/reading.ts";
import { progressLine } from "./progress-line.ts";
import { type EvaluationSet, loadQuestions } from "./load-questions.ts";
import { summaryTable, worstCases } from "./print-report.ts";
import type { CaseResult } from "./run-case.ts";
import { runEvaluation } from "./run-evaluation.ts";
import { type Summary, summarise } from "./summarise.ts";

/**
 * Measures retrieval, answers and leaks on the sample company and prints them. Writes nothing but its index in `EVAL_DATA_DIR`, or wherever
 * `evaluationStores` says, which is brought up to date at each run. True when nothing leaked.
 */
export async function evaluateSample({ json }: { readonly json: boolean }): Promise<boolean> {
  const set = loadQuestions();
  const results = await evaluate(set);
  const summaries = summarised(set, results);
  if (json) {
    process.stdout.write(`${JSON.stringify({ summaries: Object.fromEntries(summaries), results }, null, 2)}\n`);
  } else {
    const worst = worstCases(results, 20).map((line) => `- ${line}\n`);
    process.stdout.write(
      `${summaryTable(summaries)}\n\n${set.questions.length} questions. Worst cases:\n${worst.join("")}`,
    );
  }
  return summaries.get("all")?.leakRate === 0;
}

function summarised(set: EvaluationSet, results: readonly CaseResult[]): ReadonlyMap<string, Summary> {
  const forbidden = ({ id, login }: CaseResult) =>
    set.questions.some((question) => question.id === id && question.forbidden.includes(login));
  const kinds = ["documents", "records", "unanswerable"] as const;
  const halves = [0, 1] as const;
  const groups: readonly (readonly [string, readonly CaseResult[]])[] = [
    ["all", results],
    ...kinds.map((kind) => [kind, results.filter((result) => result.kind === kind)] as const),
    ...halves.map((half) => [`half ${half + 1}`, results.filter((result) => result.half === half)] as const),
  ];
  return new Map(groups.map(([name, group]) => [name, summarise(group, forbidden)]));
}

/** The sample alone is measured, whatever else the environment configures; an answering model is, when there is one. */
async function evaluate(set: EvaluationSet): Promise<readonly CaseResult[]> {
  const { EVAL_DATA_DIR = join(tmpdir(), "groundwork-eval"), LOG_LEVEL = "warn", ...environment } = process.env;
  for (const name of ["ODOO_URL", "ODOO_DATABASE", "ODOO_API_KEY", "ODOO_SNAPSHOT", "DOCUMENTS_DIR"]) {
    delete environment[name];
  }
  await using resources = await openResources(
    readConfig({ ...environment, LOG_LEVEL, ...evaluationStores(EVAL_DATA_DIR) }),
  );
  await using ingestion = openIngestion(resources);
  const left = progressLine("Ingesting", "left to do");
  await ingestion.synchronise({ onProgress: (progressed) => left(unitsLeft(progressed)) });
  if (resources.indexFollower !== null) await catchUp(resources.indexFollower);
  const { index, embedders, log, languageModel, reranker, database } = resources;
  const policy = await database.policies.latest();
  if (policy === null) throw new GroundworkError("internal", "The sample's policy was not saved.");
  const tools = {
    index,
    embedders,
    log,
    languageModel,
    reranker,
    readable: database.readable,
    tokens: database.tokens,
  };
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
