import { basename } from "node:path";
import { parseArgs } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { ABLATIONS } from "./ablations.ts";
import { type Ablated, runAblations } from "./run-ablations.ts";

const USAGE =
  "npm run eval -- ablations <folder>[?filter=FIELD&question=FIELD&queries=NAME]… [--data DIR] [--sample QUESTIONS]";

interface AblationColumn extends Ablated {
  readonly name: string;
}

/**
 * `npm run eval -- ablations …`: nDCG@10 of each row on each folder, as a Markdown table. Throws `configuration` for a wrong command line,
 * and what `runAblations` throws.
 */
export async function ablationsCommand(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(parameters);
  if (positionals.length === 0) throw misused("A folder is needed.");
  const columns: AblationColumn[] = [];
  for (const stated of positionals) {
    const { folder, queries, filter, question } = readFolder(stated);
    const options = { folder, queries, filter, question, data: values.data, sample: readSample(values.sample) };
    const started = performance.now();
    const column = await runAblations(options);
    columns.push({ ...column, name: `${basename(folder)}${filter === undefined ? "" : `, ${filter}`}` });
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(`${stated}: ${column.figures.map((figure) => figure.toFixed(3)).join(" ")}, ${seconds} s\n`);
  }
  process.stdout.write(tableRow(["nDCG@10", ...columns.map(({ name }) => name)]));
  process.stdout.write(tableRow(["---", ...columns.map(() => "--:")]));
  process.stdout.write(tableRow(["questions", ...columns.map(({ questions }) => String(questions))]));
  for (const [at, [name]] of ABLATIONS.entries()) {
    process.stdout.write(tableRow([name, ...columns.map(({ figures }) => (figures[at] ?? 0).toFixed(3))]));
  }
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
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

function readSample(written: string | undefined): number {
  if (written === undefined) return Number.POSITIVE_INFINITY;
  const sample = Number(written);
  if (Number.isInteger(sample) && sample > 0) return sample;
  throw misused("--sample takes a whole number above zero.");
}

function parsed(parameters: readonly string[]) {
  const options = { data: { type: "string" }, sample: { type: "string" } } as const;
  try {
    return parseArgs({ args: [...parameters], options, allowPositionals: true });
  } catch (cause) {
    throw misused(cause instanceof Error ? `${cause.message}.` : "The command is not understood.");
  }
}

function misused(what: string): GroundworkError {
  return new GroundworkError("configuration", `${what} Usage: ${USAGE}`);
}
