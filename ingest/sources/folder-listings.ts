import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { looksLikeManifest } from "./folder-manifests.ts";

/** What lies directly in a folder. */
export interface FolderListing {
  readonly entries: ReadonlyMap<string, Dirent>;
  /** Names of those that are manifests, or meant to be. */
  readonly manifests: readonly string[];
}

interface Held {
  readonly stamp: string;
  readonly listing: FolderListing;
}

/** Two changes within the grain of a file system's clock, seconds at most, bear one date: a folder that changed just now is listed each time. */
const RESTED_MS = 10_000;
const MOST_FOLDERS = 50;

/**
 * Listings of folders, taken again when the folder's change time says so: each file of a large folder is read on its own, and each asks what
 * lies beside it. The change time moves with every entry that comes, goes or is renamed, and nobody can set it back.
 */
export class FolderListings {
  readonly #held = new Map<string, Held>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Throws the system's error. */
  async list(path: string): Promise<FolderListing> {
    // Before it is listed: what changes in between has another date the next time.
    const { dev, ino, ctimeNs, ctimeMs } = await stat(path, { bigint: true });
    const stamp = `${dev} ${ino} ${ctimeNs}`;
    const held = this.#held.get(path);
    if (held?.stamp === stamp) return held.listing;
    this.#held.delete(path);
    const entries = await readdir(path, { withFileTypes: true });
    const listing = {
      entries: new Map(entries.map((entry) => [entry.name, entry])),
      manifests: entries.map(({ name }) => name).filter(looksLikeManifest),
    };
    if (this.#now() - Number(ctimeMs) > RESTED_MS) this.#hold(path, { stamp, listing });
    return listing;
  }

  #hold(path: string, held: Held): void {
    this.#held.set(path, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MOST_FOLDERS && oldest !== undefined) this.#held.delete(oldest);
  }
}
