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

/** What is held, per source and model. */
export function ingestionStatusText({
  counts,
  failures,
}: {
  readonly counts: readonly { source: string; model: string; documents: number; chunks: number; unreadable: number }[];
  readonly failures: readonly IngestionFailure[];
}): string {
  const rows = counts.map(
    ({ source, model, documents, chunks, unreadable }) =>
      `${source}  ${model}: ${documents} documents, ${chunks} chunks${unreadable > 0 ? `, ${unreadable} that nobody may read because they state no access` : ""}`,
  );
  return [...(rows.length === 0 ? ["Nothing is ingested yet."] : rows), ...failuresText(failures)].join("\n");
}

function failuresText(failures: readonly IngestionFailure[]): readonly string[] {
  return failures.map(({ source, key, code, reason }) => `not ingested: ${source} ${key} (${code}): ${reason}`);
}
