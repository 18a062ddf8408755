import { basename } from "node:path";
import { parseArgs } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { DEFAULT_SEARCH_OPTIONS, type SearchOptions } from "../../retrieval/search-options.ts";
import { runAblations } from "./run-ablations.ts";

const USAGE =
  "npm run eval -- ablations <folder>[?filter=FIELD&question=FIELD&queries=NAME]… [--data DIR] [--limit QUESTIONS]";

/** What is switched on or off, one at a time; the last is what readers get. */
const ROWS: readonly (readonly [string, SearchOptions])[] = [
  ["keywords alone", { ...DEFAULT_SEARCH_OPTIONS, vectorWeight: 0, feedback: null }],
  ["vectors alone", { ...DEFAULT_SEARCH_OPTIONS, vectorWeight: 1, feedback: null }],
  ["both, no feedback", { ...DEFAULT_SEARCH_OPTIONS, feedback: null }],
  ["both, vectors count 0.3", { ...DEFAULT_SEARCH_OPTIONS, vectorWeight: 0.3 }],
  ["both, vectors count 0.7", { ...DEFAULT_SEARCH_OPTIONS, vectorWeight: 0.7 }],
  ["feedback 0.1", feedback({ weight: 0.1 })],
  ["feedback 0.4", feedback({ weight: 0.4 })],
  ["feedback from 5 chunks", feedback({ chunks: 5 })],
  ["feedback of 20 terms", feedback({ terms: 20 })],
  ["default", DEFAULT_SEARCH_OPTIONS],
];

/**
 * `npm run eval -- ablations …`: nDCG@10 of each row on each folder, as a Markdown table. Throws `configuration` for a wrong command line,
 * and what `runAblations` throws.
 */
export async function ablationsCommand(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(parameters);
  if (positionals.length === 0) throw misused("A folder is needed.");
  const columns: { readonly name: string; readonly figures: readonly number[] }[] = [];
  for (const stated of positionals) {
    const { folder, queries, filter, question } = readFolder(stated);
    const options = { folder, queries, filter, question, data: values.data, limit: readLimit(values.limit) };
    const figures = await runAblations(
      options,
      ROWS.map(([, row]) => row),
    );
    columns.push({ name: `${basename(folder)}${filter === undefined ? "" : `, ${filter}`}`, figures });
  }
  process.stdout.write(tableRow(["nDCG@10", ...columns.map(({ name }) => name)]));
  process.stdout.write(tableRow(["---", ...columns.map(() => "--:")]));
  for (const [at, [name]] of ROWS.entries()) {
    process.stdout.write(tableRow([name, ...columns.map(({ figures }) => (figures[at] ?? 0).toFixed(3))]));
  }
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function feedback(change: Partial<NonNullable<SearchOptions["feedback"]>>): SearchOptions {
  const { feedback: usual } = DEFAULT_SEARCH_OPTIONS;
  return { ...DEFAULT_SEARCH_OPTIONS, feedback: usual === null ? null : { ...usual, ...change } };
}

/** A folder with the options of `beir` after a question mark, as in an address. */
function readFolder(stated: string) {
  const [folder = "", written = ""] = stated.split("?", 2);
  const options = new URLSearchParams(written);
  const { queries = "queries", filter, question, ...others } = Object.fromEntries(options);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw misused(`“${unknown}” is no option of a folder.`);
  return { folder, queries, filter, question };
}

function readLimit(written: string | undefined): number {
  if (written === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(written);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw misused("--limit takes a whole number above zero.");
}

function parsed(parameters: readonly string[]) {
  const options = { data: { type: "string" }, limit: { type: "string" } } as const;
  try {
    return parseArgs({ args: [...parameters], options, allowPositionals: true });
  } catch (cause) {
    throw misused(cause instanceof Error ? `${cause.message}.` : "The command is not understood.");
  }
}

function misused(what: string): GroundworkError {
  return new GroundworkError("configuration", `${what} Usage: ${USAGE}`);
}
