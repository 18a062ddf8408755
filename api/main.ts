import { once } from "node:events";
import { type Config, processEnvironment, readConfig } from "../infra/config.ts";
import { GroundworkError } from "../infra/errors.ts";
import { openResources } from "../infra/open.ts";
import type { IngestionReport } from "../ingest/ingest-source.ts";
import { exitOnError } from "./exit-on-error.ts";
import { progressBar } from "./progress-bar.ts";
import { SAMPLE_LOGINS, SAMPLE_NOTICE, SAMPLE_QUESTIONS } from "./sample-logins.ts";
import { serve } from "./serve.ts";
import { servicesOver } from "./services.ts";
import { stopSignal } from "./stop-signal.ts";

/** Starts everything in one process, brings the data up to date and serves until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig(processEnvironment());
  const stop = stopSignal();
  try {
    await serveUntil(stop, config);
  } catch (error) {
    // Whoever stops a first ingestion is not told that it was cancelled; the next start does what is left.
    if (!(stop.aborted && error instanceof GroundworkError && error.code === "cancelled")) throw error;
  }
}

async function serveUntil(stop: AbortSignal, config: Config): Promise<void> {
  await using resources = await openResources(config);
  const services = servicesOver(resources);
  await using ingestion = services.ingestion;
  await using server = await serve(services, config.host, config.port);
  resources.lock?.publish({ url: server.url, operatorKey: services.operatorKey });
  const bar = progressBar("Ingesting");
  const failing = new AbortController();
  const signal = AbortSignal.any([stop, failing.signal]);
  const { firstReading, ended } = ingestion.start(signal, { onProgress: (progress) => bar.update(progress) });
  try {
    const reports = await firstReading.finally(() => bar.stop());
    process.stdout.write(welcome(server.url, reports, config.sampleLogins));
    if (!stop.aborted) await once(stop, "abort");
  } finally {
    failing.abort();
    await ended;
  }
}

function welcome(url: string, reports: readonly IngestionReport[], sample: boolean): string {
  const counts = reports.map(
    ({ source, written, unchanged, failed }) =>
      `  ${source}: ${written} written, ${unchanged} unchanged, ${failed} failed`,
  );
  const logins = SAMPLE_LOGINS.map(({ login, name, role }) => `  ${login.padEnd(20)} ${name}, ${role}`);
  const questions = SAMPLE_QUESTIONS.map((question) => `  ${question}`);
  const sampleText = sample
    ? [SAMPLE_NOTICE, "", "Sign in as:", ...logins, "", "Worth asking, as more than one of them:", ...questions, ""]
    : [];
  return ["", ...counts, "", ...sampleText, `Groundwork is ready at ${url}`, ""].join("\n");
}

await exitOnError(main);
