/** A chunk as an index outside the database holds it: what it is found by, never its text. */
export interface CopiedChunk {
  readonly chunkId: string;
  /** Of the set of access attributes; sets never change, so an id always means the same attributes. */
  readonly accessId: number;
  readonly length: number;
  readonly terms: readonly number[];
  readonly frequencies: readonly number[];
  /** By the id of their space. */
  readonly vectors: Readonly<Record<number, readonly number[]>>;
}

/** All that the database holds of a document just now; without chunks, it is gone. */
export interface CopiedDocument {
  readonly documentId: string;
  readonly model: string;
  readonly source: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly recordId: number | null;
  /** The days of its parts, each with the set of access attributes of the part that states it. */
  readonly days: readonly { readonly day: string; readonly accessId: number }[];
  readonly chunks: readonly CopiedChunk[];
}

export interface CopyEntry {
  readonly chunkId: string;
  readonly accessId: number;
}

export interface CopyState {
  /** The collection that answers just now; null when there is none. */
  readonly collection: string | null;
  readonly health: string;
  readonly chunks: number;
  readonly vectors: number;
}

/**
 * The written side of an index outside the database. It is a copy: everything in it can be made again from the database. What it holds
 * of a document is replaced whole, so that writing the same twice, or an old state after a new one that is written again, ends well.
 * Errors: `index`; `configuration` when another database has taken its name.
 */
export interface ChunkCopy {
  readonly name: string;
  /**
   * `whole`: it can hold all that the database does. `searchable`: all but vectors that are not searched yet; `unusable`: it is not there, or
   * of another version or embedder. It has to be rebuilt then.
   */
  fitness(): Promise<"whole" | "searchable" | "unusable">;
  /** Afterwards the copy holds exactly these chunks of these documents. */
  replace(documents: readonly CopiedDocument[], signal?: AbortSignal): Promise<void>;
  /** Fills a new collection beside the one that answers, then lets it answer in one step. Returns how many chunks it holds. */
  rebuild(documents: AsyncIterable<readonly CopiedDocument[]>, signal?: AbortSignal): Promise<number>;
  /** Everything in the copy, in pages. */
  entries(): AsyncIterable<readonly CopyEntry[]>;
  state(): Promise<CopyState>;
  /** Takes it away whole. */
  remove(): Promise<void>;
}
