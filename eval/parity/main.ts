/**
 * `npm run parity -- --keys <file>` (login → API key): whether every person finds exactly what Odoo would show, on the Odoo of `ODOO_URL`,
 * `ODOO_DATABASE` and `ODOO_API_KEY`. It measures the product as it runs with `ODOO_READER_KEYS` set to that file; `--sync-account-only` as it
 * runs without. It reads only, and holds the evaluator, an embedded index and, with `DATABASE_URL` and `QDRANT_URL`, that Postgres and that Qdrant against Odoo. `--all-fields` compares every field that
 * the sync account sees, and not only those that the catalogue shows. Exit code 1 when anything differs, and when nothing could be compared.
 */
import { parseArgs } from "node:util";
import { readConfig } from "../../infra/config.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openLog } from "../../infra/log.ts";
import { readReaderKeys } from "../../infra/odoo/reader-keys.ts";
import { modelChoice } from "../../ingest/model-choice.ts";
import { exitCode, modelLines, summaryLine, unseenLine } from "./parity-report.ts";
import { runParity } from "./run-parity.ts";

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof GroundworkError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      keys: { type: "string" },
      "all-fields": { type: "boolean", default: false },
      "sync-account-only": { type: "boolean", default: false },
    },
  });
  if (values.keys === undefined) throw new GroundworkError("configuration", "State the file of keys: --keys <file>.");
  const { odoo, databaseUrl, qdrant, models: chosen } = readConfig(process.env);
  if (odoo.kind !== "live") {
    throw new GroundworkError(
      "configuration",
      "Set ODOO_URL, ODOO_DATABASE and ODOO_API_KEY: parity asks a live Odoo.",
    );
  }
  const settings = { ...odoo, apiKey: odoo.apiKey.reveal() };
  const { users, models, unseen } = await runParity(settings, await readReaderKeys(values.keys, tell), {
    log: openLog("warn"),
    models: modelChoice(chosen),
    allFields: values["all-fields"],
    syncAccountOnly: values["sync-account-only"],
    ...(databaseUrl === null ? {} : { databaseUrl: databaseUrl.reveal() }),
    qdrant,
    onProgress: (login) => tell(`${login} compared`),
  });
  for (const model of models) process.stdout.write(`${modelLines(model).join("\n")}\n`);
  for (const reading of unseen) process.stdout.write(`${unseenLine(reading)}\n`);
  process.stdout.write(`${summaryLine(users, models)}\n`);
  return exitCode(users, models);
}

function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
