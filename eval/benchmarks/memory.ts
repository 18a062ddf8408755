import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { processEnvironment, readConfig } from "../../infra/config.ts";
import { type DatabaseLocation, openDatabase } from "../../infra/db/open-database.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import type { IngestionProgress } from "../../ingest/stages/reading.ts";
import { runIngestion } from "./bench-ingestion.ts";
import { endlessOdoo } from "./endless-odoo.ts";
import { instantEmbedder } from "./instant-embedder.ts";
import { residentMemory } from "./resident-memory.ts";
import { scratchDirectory } from "./scratch-directory.ts";

const LOOK_EVERY_MS = 250;

/**
 * `memory [--records 100000]`: resident memory while so many invented records are ingested, with vectors that cost nothing, into an embedded
 * database or the empty one of `DATABASE_URL`: ten times on the way, and the most there was.
 */
export async function benchmarkMemory(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { records: { type: "string", default: "100000" } } });
  const records = Number(values.records);
  using scratch = scratchDirectory();
  const documents = join(scratch.path, "documents");
  mkdirSync(documents);
  const { databaseUrl, odoo: sample } = readConfig({ DATABASE_URL: processEnvironment()["DATABASE_URL"] });
  if (sample.kind !== "snapshot") throw new GroundworkError("internal", "The sample is not the default.");
  const location: DatabaseLocation =
    databaseUrl === null ? { dataDirectory: join(scratch.path, "data") } : { databaseUrl: databaseUrl.reveal() };
  const embedder = instantEmbedder();
  await assertEmpty(location);
  const watch = watchMemory(records);
  const run = await runIngestion({
    config: readConfig({ LOG_LEVEL: process.env["LOG_LEVEL"] ?? "error", DOCUMENTS_DIR: documents }),
    location,
    odoo: endlessOdoo(openSnapshotSource(sample.path), records),
    embedder,
    onProgress: watch.onProgress,
  });
  watch.stop();
  print(
    `${records} records in ${run.working.toFixed(0)} s, processor ${run.processor.toFixed(0)} s: ${(records / run.working).toFixed(0)} a second`,
  );
}

async function assertEmpty(location: DatabaseLocation): Promise<void> {
  const { database } = await openDatabase(location);
  const held = await database.ingested.counts();
  await database.close();
  if (held.length === 0) return;
  throw new GroundworkError("configuration", "This database holds documents; name an empty one in DATABASE_URL.");
}

function watchMemory(records: number) {
  const start = performance.now();
  let next = 0;
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), LOOK_EVERY_MS);
  print("   records  seconds   process MB  of it database   rest   JavaScript objects");
  const line = (name: string): void => {
    // Telling the database's part takes the system a while: ten times is enough.
    const now = residentMemory();
    const figures = [now.process, now.database, now.process - now.database, now.heap].map(megabytes);
    print(`${name.padStart(10)} ${((performance.now() - start) / 1000).toFixed(0).padStart(8)} ${figures.join(" ")}`);
  };
  return {
    onProgress: ({ stages }: IngestionProgress) => {
      const done = records - (stages.find(({ queue }) => queue === "fetch")?.unitsLeft ?? 0);
      if (done < next) return;
      line(String(done));
      next = done + records / 10;
    },
    stop: () => {
      clearInterval(timer);
      line("end");
      print(`      most          ${megabytes(most)}`);
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0).padStart(11);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
