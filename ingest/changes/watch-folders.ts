import { setTimeout as wait } from "node:timers/promises";
import type { IngestedDocuments } from "../../infra/db/port.ts";
import { itemKey } from "../../infra/document.ts";
import type { Log } from "../../infra/log.ts";
import { keyOf } from "../sources/folder.ts";
import type { StageQueues } from "../stages/stage-queues.ts";
import { URGENT } from "../stages/work.ts";
import { type FolderChange, FolderWatcher, filesBeneath, folderIdentity } from "./folder-watcher.ts";

export interface WatchedFolder {
  readonly path: string;
  /** Of its source. */
  readonly name: string;
}

export interface WatchFoldersTools {
  /** Those to be watched, now. */
  folders(): Promise<readonly WatchedFolder[]>;
  /** Whether this process is the one that watches. */
  leads(): boolean;
  readonly ingested: Pick<IngestedDocuments, "moment" | "noteChanged" | "states">;
  readonly queues: Pick<StageQueues, "send">;
  readonly log: Log;
}

const LOOK_EVERY_MS = 2_000;
const NOTED_TOGETHER = 5_000;

/** Watches the folders and queues what changes in them, while this process leads. */
export class WatchedFolders {
  readonly #tools: WatchFoldersTools;
  readonly #open = new Map<string, FolderWatcher>();

  constructor(tools: WatchFoldersTools) {
    this.#tools = tools;
  }

  /** Opens what is to be watched before everything is read, and then looks, until the signal aborts, whether folders came or went. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.look("queue");
    }
    await this.#close([...this.#open.keys()]);
  }

  /** `queue` reads a folder whole that was not watched before: nobody knows what happened until now. Faults are logged. */
  async look(opened: "queue" | "leave"): Promise<void> {
    try {
      const folders = this.#tools.leads() ? await this.#tools.folders() : [];
      await this.#close([...this.#open.keys()].filter((path) => !folders.some((folder) => folder.path === path)));
      for (const folder of folders) await this.#watch(folder, opened);
    } catch (error) {
      this.#tools.log.warn({ error }, "folders not watched for now");
    }
  }

  async #watch(folder: WatchedFolder, opened: "queue" | "leave"): Promise<void> {
    const { path } = folder;
    const known = this.#open.get(path);
    if (known !== undefined) {
      if (known.identity === (await folderIdentity(path))) return;
      await this.#close([path]);
    }
    const watcher = await FolderWatcher.open(path, (change) => this.#take(folder, change), this.#tools.log);
    if (watcher === null) return;
    this.#open.set(path, watcher);
    if (opened === "queue") await this.#take(folder, { files: [], beneath: [""] });
  }

  async #close(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await this.#open.get(path)?.close();
      this.#open.delete(path);
    }
  }

  /** First it is noted, so that what was read before is not written any more, be it under an access that does not hold any more. */
  async #take({ path, name }: WatchedFolder, { files, beneath }: FolderChange): Promise<void> {
    const { ingested, queues, log } = this.#tools;
    // A folder that is gone for now keeps its documents, as it does when everything is read.
    if ((await folderIdentity(path)) === null) return;
    const moment = await ingested.moment();
    const keys = new Set([...files.map(keyOf), ...(await this.#keysBeneath(path, name, beneath))]);
    const found = [...keys].map((key) => ({ key, fingerprint: null }));
    for (let from = 0; from < found.length; from += NOTED_TOGETHER)
      await ingested.noteChanged(name, found.slice(from, from + NOTED_TOGETHER), moment);
    const scope = beneath.length > 0 ? "all" : { keys: files.map(keyOf).toSorted() };
    await queues.send([["fetch", { source: name, scope, run: null, size: Math.max(keys.size, 1) }]], URGENT);
    log.info({ source: name, files: files.length, whole: scope === "all" }, "folder changed");
  }

  /** Of the files that are there and of those that are held. */
  async #keysBeneath(path: string, name: string, folders: readonly string[]): Promise<readonly string[]> {
    if (folders.length === 0) return [];
    const there = await Promise.all(folders.map((folder) => filesBeneath(path, folder)));
    const held = [...(await ingestedKeys(this.#tools, name))].filter((key) =>
      folders.some((folder) => folder === "" || key.startsWith(`${keyOf(folder)}/`)),
    );
    return [...there.flat().map(keyOf), ...held];
  }
}

async function ingestedKeys({ ingested }: WatchFoldersTools, name: string): Promise<ReadonlySet<string>> {
  return new Set([...(await ingested.states(name)).keys()].map(itemKey));
}
