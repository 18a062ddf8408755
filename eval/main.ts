/**
 * `npm run eval [-- --json]` measures retrieval, answers and leaks on the sample company; `npm run eval -- beir <folder> --run <file>` scores
 * the search on a collection, `npm run eval -- ablations <folder>…` each of its switches. Exit code 1 when anything leaked and when a collection cannot be read, 2 for a wrong command or setting.
 */
import { parseArgs } from "node:util";
import { GroundworkError } from "../infra/errors.ts";
import { ablationsCommand } from "./beir/ablations-command.ts";
import { beirCommand } from "./beir/beir-command.ts";
import { evaluateSample } from "./evaluate-sample.ts";

const [command, ...parameters] = process.argv.slice(2);
try {
  if (command === "beir") await beirCommand(parameters);
  else if (command === "ablations") await ablationsCommand(parameters);
  else process.exitCode = (await evaluateSample(sampleOptions())) ? 0 : 1;
} catch (error) {
  if (!(error instanceof GroundworkError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === "configuration" ? 2 : 1;
}

function sampleOptions(): { json: boolean } {
  try {
    return parseArgs({ options: { json: { type: "boolean", default: false } } }).values;
  } catch (cause) {
    throw new GroundworkError("configuration", "Usage: npm run eval [-- --json], or npm run eval -- beir …", { cause });
  }
}
