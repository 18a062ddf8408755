import { basename, resolve } from "node:path";
import { GroundworkError } from "../infra/errors.ts";
import type { Resources } from "../infra/open.ts";
import { readPolicy } from "../infra/odoo/read-policy.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { ingestedModels } from "./catalogue.ts";
import { type IngestionReport, ingestSource } from "./ingest-source.ts";
import { type IsolatedParser, openIsolatedParser } from "./parsers/isolated-parser.ts";
import { openFolder } from "./sources/folder.ts";
import { openOdooRecords } from "./sources/odoo-records.ts";
import type { DocumentSource } from "./sources/port.ts";

export interface SynchroniseOptions {
  readonly signal?: AbortSignal;
  /** Called often: how many items of all sources are done, of about how many. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly source: string }) => void;
}

/** The name under which added folders are remembered, so that every start brings them up to date. */
const FOLDERS = "ingestion.folders";

/**
 * Brings everything up to what Odoo and the folders hold now: the policy first, whole, for nothing is shown without it; then the
 * records and their attachments, then the configured folder and those that were added. `folder` adds one more.
 * Errors: those of `ingestSource` and `readPolicy`.
 */
export async function synchronise(
  resources: Resources,
  options: SynchroniseOptions & { readonly folder?: string } = {},
): Promise<readonly IngestionReport[]> {
  await using cleanup = new AsyncDisposableStack();
  const { parsing } = resources.config;
  const parser = cleanup.adopt(openIsolatedParser({ workers: 2, ...parsing }), (open) => open.close());
  const policy = await refreshPolicy(resources, options.signal);
  const folders = await rememberedFolders(resources, options.folder);
  const sources = [
    await openOdooRecords({ odoo: resources.odoo, policy, parser }, options.signal),
    ...folders.map((folder) => folderSource(folder, resources, policy, parser)),
  ];
  const reports = await ingestAll(sources, resources, options);
  await resources.database.maintain();
  return reports;
}

/** Reads the access rules whole and makes them the newest. */
export async function refreshPolicy(
  { odoo, database }: Pick<Resources, "odoo" | "database">,
  signal?: AbortSignal,
): Promise<PolicySnapshot> {
  const policy = await readPolicy(odoo, ingestedModels(), signal);
  await database.policies.save(policy);
  return policy;
}

async function rememberedFolders(
  { config, database }: Resources,
  added: string | undefined,
): Promise<readonly string[]> {
  const stored: unknown = JSON.parse((await database.settings.get(FOLDERS)) ?? "[]");
  const earlier = Array.isArray(stored) ? stored.filter((folder) => typeof folder === "string") : [];
  const folders = [...new Set([...earlier, ...(added === undefined ? [] : [resolve(added)])])];
  if (folders.length > earlier.length) await database.settings.set(FOLDERS, JSON.stringify(folders));
  return [...new Set([config.documentsDirectory, ...folders])];
}

function folderSource(
  folder: string,
  { config }: Resources,
  policy: PolicySnapshot,
  parser: IsolatedParser,
): DocumentSource {
  const name = folder === config.documentsDirectory ? `folder:${basename(folder)}` : `folder:${folder}`;
  return openFolder(folder, name, { parser, policy, maximumBytes: config.parsing.maximumBytes });
}

async function ingestAll(
  sources: readonly DocumentSource[],
  { database, embedder, log }: Resources,
  options: SynchroniseOptions,
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
