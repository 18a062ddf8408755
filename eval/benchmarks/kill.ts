import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { countedRows } from "./differing-rows.ts";
import { killIngestion } from "./kill-ingestion.ts";
import { writeMixedCorpus } from "./mixed-corpus.ts";
import { scratchDirectory } from "./scratch-directory.ts";

/**
 * `kill [--times 100] [--files 120] [--limit 40]`: ingestion of the sample's documents, invented ones of all formats and the sample's first
 * records of each model, killed with SIGKILL at random moments and started again; what is stored in the end is held against an undisturbed
 * run, row by row. Throws when anything differs.
 */
export async function benchmarkKills(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      times: { type: "string", default: "100" },
      files: { type: "string", default: "120" },
      limit: { type: "string", default: "40" },
    },
  });
  using scratch = scratchDirectory();
  const directory = join(scratch.path, "data");
  mkdirSync(directory);
  const documents = await writeMixedCorpus(join(scratch.path, "documents"), Number(values.files));
  const hits = new Map<string, number>();
  const { undisturbed, killed, differences } = await killIngestion({
    directory,
    documents,
    limit: Number(values.limit),
    times: Number(values.times),
    onKill: ({ stages }) => {
      for (const stage of stages.length === 0 ? ["before any work"] : stages)
        hits.set(stage, (hits.get(stage) ?? 0) + 1);
    },
  });
  const faults = differences.filter((difference) => difference !== "");
  print(`undisturbed: ${countedRows(undisturbed)}`);
  print(`killed ${killed.length} times over ${differences.length} corpora that were brought to their end`);
  print(`under way when killed: ${[...hits].map(([stage, count]) => `${stage} ${count}`).join(", ")}`);
  print(faults.length === 0 ? "every row as in the undisturbed run" : faults.join("\n"));
  if (faults.length > 0) throw new GroundworkError("internal", "Killed runs ended otherwise than an undisturbed one.");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
