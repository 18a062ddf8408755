import { realpath, stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Log } from "../../infra/log.ts";
import { folderOf, looksLikeManifest } from "../sources/folder-manifests.ts";
import { isHidden, visibleEntries } from "../sources/folder.ts";

/** What has changed in a folder and rests now. */
export interface FolderChange {
  /** Paths relative to the folder, with `/`, of files that were written, moved or removed. */
  readonly files: readonly string[];
  /** The folders, "" for the outermost, beneath which everything may have changed: its access, or more than is named here. */
  readonly beneath: readonly string[];
}

/** A file that is being written is read once it has rested for so long, */
const REST_MS = 400;
/** or, when it never rests, after this. */
const LONGEST_UNREST_MS = 10_000;
const LOOK_EVERY_MS = 100;
const PAUSE_AFTER_FAULT_MS = 5_000;
/** More changes at once, and the whole folder is read: that is quicker, and the system may have dropped some. */
const MOST_FILES = 300;

interface Noted {
  readonly since: number;
  last: number;
}

/**
 * Tells what changes beneath a folder until it is closed. Symbolic links beneath it and hidden files are passed over, as they are when it is
 * read. File systems that other machines write to tell nothing of it.
 */
export class FolderWatcher {
  readonly #log: Log;
  readonly #act: (change: FolderChange) => Promise<void>;
  readonly #watcher: FSWatcher;
  readonly #timer: NodeJS.Timeout;
  readonly #files = new Map<string, Noted>();
  readonly #beneath = new Map<string, Noted>();
  #acting: Promise<void> | null = null;
  #notBefore = 0;
  /** Device and number of the folder when it was opened: another folder under its name has to be opened anew. */
  readonly identity: string;

  private constructor(real: string, identity: string, act: (change: FolderChange) => Promise<void>, log: Log) {
    this.identity = identity;
    this.#act = act;
    this.#log = log;
    this.#watcher = watch(real, {
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false,
      ignored: (path) => isHiddenBeneath(real, path),
    });
    this.#watcher.on("all", (event, path) => this.#note(event, pathBeneath(real, path)));
    this.#watcher.on("error", (error) => {
      this.#log.warn(
        { error, folder: real },
        "folder not watched whole; what is missed is found when everything is read",
      );
      this.#mark(this.#beneath, "");
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Null when the folder is not there. Resolves when everything that changes from now on is told. */
  static async open(
    folder: string,
    act: (change: FolderChange) => Promise<void>,
    log: Log,
  ): Promise<FolderWatcher | null> {
    const identity = await folderIdentity(folder);
    if (identity === null) return null;
    const opened = new FolderWatcher(await realpath(folder), identity, act, log);
    const { promise, resolve } = Promise.withResolvers<void>();
    opened.#watcher.on("ready", resolve);
    await promise;
    return opened;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#watcher.close();
    await this.#acting;
  }

  #note(event: string, path: string): void {
    if (event === "addDir" || event === "unlinkDir") this.#mark(this.#beneath, path);
    else if (looksLikeManifest(path.slice(path.lastIndexOf("/") + 1))) this.#mark(this.#beneath, folderOf(path));
    else if (this.#files.size < MOST_FILES || this.#files.has(path)) this.#mark(this.#files, path);
    else this.#mark(this.#beneath, "");
  }

  #mark(noted: Map<string, Noted>, path: string): void {
    const now = performance.now();
    const known = noted.get(path);
    if (known === undefined) noted.set(path, { since: now, last: now });
    else known.last = now;
  }

  #look(): void {
    if (this.#acting !== null || performance.now() < this.#notBefore) return;
    const [files, beneath] = [take(this.#files), take(this.#beneath)];
    if (files.length + beneath.length === 0) return;
    this.#acting = this.#act({ files, beneath })
      .catch((error: unknown) => {
        this.#log.warn({ error }, "changes of a folder not taken over yet");
        this.#notBefore = performance.now() + PAUSE_AFTER_FAULT_MS;
        for (const path of files) this.#mark(this.#files, path);
        for (const path of beneath) this.#mark(this.#beneath, path);
      })
      .finally(() => {
        this.#acting = null;
      });
  }
}

/** Null when there is no such folder. */
export async function folderIdentity(folder: string): Promise<string | null> {
  const found = await stat(folder).catch(() => null);
  return found?.isDirectory() === true ? `${found.dev} ${found.ino}` : null;
}

/** The visible files beneath a folder, as paths relative to `root`; none where it is gone. */
export async function filesBeneath(root: string, folder: string): Promise<readonly string[]> {
  const visible = await visibleEntries(root, folder).catch(() => []);
  return visible.filter(({ entry }) => entry.isFile()).map(({ path }) => path);
}

function take(noted: Map<string, Noted>): readonly string[] {
  const now = performance.now();
  const rested = [...noted].filter(([, { since, last }]) => now - last >= REST_MS || now - since >= LONGEST_UNREST_MS);
  for (const [path] of rested) noted.delete(path);
  return rested.map(([path]) => path);
}

function pathBeneath(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

/** What lies above is asked about too, and is not hidden. */
function isHiddenBeneath(root: string, path: string): boolean {
  const below = pathBeneath(root, path);
  return !below.startsWith("..") && isHidden(below);
}
