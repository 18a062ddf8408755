import { GroundworkError } from "../infra/errors.ts";
import type { Resources } from "../infra/open.ts";
import { type IngestionReport, ingestSource } from "./ingest-source.ts";
import type { DocumentSource } from "./sources/port.ts";

export interface IngestAllOptions {
  readonly signal?: AbortSignal;
  /** Called often: how many items of all sources are done, of about how many. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly source: string }) => void;
  /** See `IngestOptions`. */
  readonly changedAt?: ReadonlyMap<string, number>;
}

/** Brings one source after the other up to date. A folder that cannot be read is logged and keeps its documents. Errors: those of `ingestSource`. */
export async function ingestAll(
  sources: readonly DocumentSource[],
  { database, embedder, log }: Pick<Resources, "database" | "embedder" | "log">,
  options: IngestAllOptions,
): Promise<readonly IngestionReport[]> {
  const counts = await Promise.all(sources.map((source) => source.count(options.signal).catch(() => 0)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const reports: IngestionReport[] = [];
  let before = 0;
  for (const source of sources) {
    try {
      const report = await ingestSource(
        source,
        { ingested: database.ingested, embedder, log },
        {
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          ...(options.changedAt === undefined ? {} : { changedAt: options.changedAt }),
          onProgress: ({ unchanged, written, failed }) =>
            options.onProgress?.({ done: before + unchanged + written + failed, total, source: source.name }),
        },
      );
      reports.push(report);
      before += report.seen;
    } catch (error) {
      // A folder that is gone for now must not cost the rest; its documents stay until it can be read again.
      if (!(error instanceof GroundworkError) || error.code !== "unreadable-file") throw error;
      log.error({ error, source: source.name }, "source not read");
    }
  }
  return reports;
}
