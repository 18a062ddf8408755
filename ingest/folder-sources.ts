import { basename, resolve } from "node:path";
import type { Resources } from "../infra/open.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import type { WatchedFolder } from "./changes/watch-folders.ts";
import type { FileParser } from "./parse-once.ts";
import { openFolder } from "./sources/folder.ts";
import type { DocumentSource } from "./sources/port.ts";

/** The name under which added folders are remembered, so that every start brings them up to date. */
const FOLDERS = "ingestion.folders";

/** The configured folder and those that were added; `added` is one more, remembered from now on. */
export async function folderSources(
  resources: Pick<Resources, "config" | "database">,
  policy: PolicySnapshot,
  parser: FileParser,
  added?: string,
): Promise<readonly DocumentSource[]> {
  const folders = await rememberedFolders(resources, added);
  return folders.map((folder) => folderSource(folder, resources, policy, parser));
}

/** The folders of these sources. */
export async function watchedFolders(
  resources: Pick<Resources, "config" | "database">,
): Promise<readonly WatchedFolder[]> {
  const folders = await rememberedFolders(resources, undefined);
  return folders.map((path) => ({ path, name: sourceName(path, resources.config) }));
}

async function rememberedFolders(
  { config, database }: Pick<Resources, "config" | "database">,
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
  { config }: Pick<Resources, "config">,
  policy: PolicySnapshot,
  parser: FileParser,
): DocumentSource {
  return openFolder(folder, sourceName(folder, config), { parser, policy, maximumBytes: config.parsing.maximumBytes });
}

function sourceName(folder: string, { documentsDirectory }: Resources["config"]): string {
  return folder === documentsDirectory ? `folder:${basename(folder)}` : `folder:${folder}`;
}
