import { processEnvironment, readConfig } from "../infra/config.ts";
import { openResources } from "../infra/open.ts";
import { openIngestion } from "../ingest/ingestion.ts";
import { exitOnError } from "./exit-on-error.ts";
import { stopSignal } from "./stop-signal.ts";

/** Ingests beside others over the same database, and serves nothing. It takes over following Odoo when nobody else does. */
async function main(): Promise<void> {
  const config = readConfig(processEnvironment());
  const stop = stopSignal();
  await using resources = await openResources({ ...config, ingestsHere: true });
  await using ingestion = openIngestion(resources);
  const { firstReading, ended } = ingestion.start(stop);
  resources.log.info({}, "works on what is to be ingested");
  await firstReading.catch((error: unknown) => resources.log.error({ error }, "sources not read whole"));
  await ended;
}

await exitOnError(main);
