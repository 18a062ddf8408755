import type { Config } from "../../infra/config.ts";
import { type DatabaseLocation, openDatabase } from "../../infra/db/open-database.ts";
import { embeddersOver } from "../../infra/embedders.ts";
import { openLog } from "../../infra/log.ts";
import type { Embedder } from "../../infra/models/port.ts";
import type { OdooSource } from "../../infra/odoo/port.ts";
import type { IngestionReport } from "../../ingest/ingest-source.ts";
import { openIngestion } from "../../ingest/ingestion.ts";
import type { IngestionProgress } from "../../ingest/stages/reading.ts";

export interface IngestionUnderTest {
  readonly config: Config;
  readonly location: DatabaseLocation;
  readonly odoo: OdooSource;
  readonly embedder: Embedder;
  readonly onProgress?: (progress: IngestionProgress) => void;
}

/** How one run went, in seconds. */
export interface TimedIngestion {
  /** Opening the database. */
  readonly opening: number;
  /** Until all is listed and queued: the policy, and which records and files there are. */
  readonly listing: number;
  /** From there until the last stage has nothing left. */
  readonly working: number;
  /** Processor time of this process during `working`: a busy machine stretches the time, not this. */
  readonly processor: number;
  /** Statistics and the like, at the end. */
  readonly upkeep: number;
  readonly reports: readonly IngestionReport[];
}

/** Opens everything, brings it up to date once, and closes it again. */
export async function runIngestion(tested: IngestionUnderTest): Promise<TimedIngestion> {
  const { config, location, odoo, embedder } = tested;
  const opened = performance.now();
  const { database } = await openDatabase(location);
  await using closing = new AsyncDisposableStack();
  closing.defer(() => database.close());
  const log = openLog(config.logLevel);
  const embedders = await embeddersOver(embedder, database.vectorSpaces);
  const ingestion = closing.use(openIngestion({ config, database, embedders, log, odoo, syncAccount: null }));
  const started = performance.now();
  let [listed, worked, before, processor] = [0, 0, 0, 0];
  const onProgress = (progress: IngestionProgress): void => {
    worked = performance.now();
    processor = processorSeconds();
    if (listed === 0) [listed, before] = [worked, processor];
    tested.onProgress?.(progress);
  };
  const reports = await ingestion.synchronise({ onProgress });
  const ended = performance.now();
  return {
    opening: seconds(opened, started),
    listing: seconds(started, listed),
    working: seconds(listed, worked),
    processor: processor - before,
    upkeep: seconds(worked, ended),
    reports,
  };
}

function seconds(from: number, to: number): number {
  return (to - from) / 1000;
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
