import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../infra/config.ts";
import { readStoredRows } from "../../infra/db/stored-rows.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { runIngestion } from "./bench-ingestion.ts";
import { countedRows, differingRows } from "./differing-rows.ts";
import { instantEmbedder } from "./instant-embedder.ts";
import { inventedFile } from "./invented-files.ts";
import { policyAlone } from "./policy-alone.ts";
import { scratchDirectory } from "./scratch-directory.ts";

const FILES_A_FOLDER = 250;

/**
 * `unchanged [--files 10000]`: a folder of invented small files of several formats, beside the sample company's policy without its records, is
 * ingested with vectors that cost nothing, and then again: how long that takes, and that no row is written.
 */
export async function benchmarkUnchanged(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { files: { type: "string", default: "10000" } } });
  const files = Number(values.files);
  using scratch = scratchDirectory();
  const documents = join(scratch.path, "documents");
  await writeFiles(documents, files);
  const config = readConfig({ LOG_LEVEL: process.env["LOG_LEVEL"] ?? "error", DOCUMENTS_DIR: documents });
  if (config.odoo.kind !== "snapshot") throw new GroundworkError("internal", "The sample is not the default.");
  const odoo = policyAlone(openSnapshotSource(config.odoo.path));
  const location = { dataDirectory: join(scratch.path, "data") };
  const tested = { config, location, odoo, embedder: instantEmbedder() };
  const first = await runIngestion(tested);
  print(
    `${files} files read, written and given vectors: ${seconds(first.working)}, processor ${seconds(first.processor)}`,
  );
  const before = await readStoredRows(location, "versions");
  const again = await runIngestion(tested);
  const differs = differingRows(before, await readStoredRows(location, "versions"));
  print(
    `again, unchanged: ${seconds(again.listing + again.working)}, with opening ${seconds(again.opening)}, upkeep ${seconds(again.upkeep)}`,
  );
  print(JSON.stringify(again.reports.at(-1)));
  print(`${countedRows(before)}: ${differs === "" ? "no row was written" : differs}`);
}

async function writeFiles(folder: string, count: number): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, "access.yaml"), "defaults:\n  access: { public: true }\n");
  for (let each = 0; each < count; each += 1) {
    const below = join(folder, `folder-${Math.floor(each / FILES_A_FOLDER)}`);
    if (each % FILES_A_FOLDER === 0) mkdirSync(below);
    const { name, bytes } = await inventedFile(each);
    writeFileSync(join(below, name), bytes);
  }
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
