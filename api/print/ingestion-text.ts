import type { IngestionFailure } from "../../infra/db/port.ts";
import type { IngestionReport } from "../../ingest/ingest-source.ts";

/** What a run did, and why some things are not there. */
export function ingestionText({
  reports,
  failures,
}: {
  readonly reports: readonly IngestionReport[];
  readonly failures: readonly IngestionFailure[];
}): string {
  const runs = reports.map(
    ({ source, seen, written, unchanged, removed, failed }) =>
      `${source}: ${seen} seen, ${written} written, ${unchanged} unchanged, ${removed} removed, ${failed} failed`,
  );
  return [...runs, ...failuresText(failures)].join("\n");
}

export function failuresText(failures: readonly IngestionFailure[]): readonly string[] {
  return failures.map(({ source, key, code, reason }) => `not ingested: ${source} ${key} (${code}): ${reason}`);
}
