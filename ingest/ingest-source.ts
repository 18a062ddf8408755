import type { IngestedDocuments } from "../infra/db/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import { cancelled } from "../infra/models/cancelled.ts";
import type { Log } from "../infra/log.ts";
import type { Embedder } from "../infra/models/port.ts";
import { PermissionError } from "../permissions/permission-error.ts";
import { embedDocuments } from "./embed-documents.ts";
import { buildDocument } from "./build-document.ts";
import type { Document } from "../infra/document.ts";
import type { DocumentSource, SourceItem } from "./sources/port.ts";

export interface IngestTools {
  readonly ingested: IngestedDocuments;
  readonly embedder: Embedder;
  readonly log: Log;
}

/** Counts of one run; `failed` items have a recorded reason each. */
export interface IngestionReport {
  readonly source: string;
  readonly seen: number;
  readonly unchanged: number;
  readonly written: number;
  readonly removed: number;
  readonly failed: number;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  /** The keys of the items that the source lists in this run, where that is not all it has: only of those is anything removed. */
  readonly only?: readonly string[];
  /** When an item was last found to have changed (`performance.now()`): what was read before is not written any more. */
  readonly changedAt?: ReadonlyMap<string, number>;
  readonly onProgress?: (report: IngestionReport) => void;
}

/** Chunks that are embedded together: enough to keep every session of the embedder busy. */
const BATCH_CHUNKS = 64;
/** Batches under way: one is embedded while another is written. */
const BATCHES = 2;

/**
 * Brings the database up to what the source holds now: new and changed items are written, each document in one transaction;
 * unchanged ones are not touched; what the source no longer lists is removed. An item that cannot be read is recorded with its
 * reason and the rest goes on. Stopping at any moment loses nothing that was written; the next run does what is left.
 * Errors: `database`, `model-unavailable`, `odoo-*`, `cancelled`.
 */
export async function ingestSource(
  source: DocumentSource,
  tools: IngestTools,
  options: IngestOptions = {},
): Promise<IngestionReport> {
  assertWanted(options.signal);
  const run = new Run(source.name, tools, options, await tools.ingested.states(source.name, options.only));
  try {
    for await (const item of source.items(options.signal)) {
      assertWanted(options.signal);
      await run.take(item);
    }
    return await run.finish();
  } finally {
    await run.settle();
  }
}

class Run {
  readonly #source: string;
  readonly #tools: IngestTools;
  readonly #options: IngestOptions;
  readonly #states: ReadonlyMap<string, { readonly contentHash: string }>;
  readonly #attached: ReadonlyMap<string, readonly string[]>;
  /** Document keys that the source still stands for. */
  readonly #kept = new Set<string>();
  /** Keys whose failure still stands: recorded in this run, or of an item that did not change. */
  readonly #failed = new Set<string>();
  readonly #unchanged = new Set<string>();
  readonly #readAt = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  /** Of the first batch that failed: it ends the run. */
  #fault: { readonly error: unknown } | null = null;
  #batch: Document[] = [];
  #counts = { seen: 0, unchanged: 0, written: 0, removed: 0, failed: 0 };

  constructor(
    source: string,
    tools: IngestTools,
    options: IngestOptions,
    states: ReadonlyMap<string, { readonly contentHash: string }>,
  ) {
    this.#source = source;
    this.#tools = tools;
    this.#options = options;
    this.#states = states;
    this.#attached = Map.groupBy(states.keys(), itemKey);
  }

  async take(item: SourceItem): Promise<void> {
    this.#assertSound();
    this.#counts.seen += 1;
    if (this.#states.get(item.key)?.contentHash === item.fingerprint) {
      for (const key of this.#attached.get(item.key) ?? []) this.#kept.add(key);
      this.#unchanged.add(item.key);
      this.#counts.unchanged += 1;
    } else {
      await this.#load(item);
    }
    this.#report();
  }

  async finish(): Promise<IngestionReport> {
    this.#startBatch();
    await this.settle();
    this.#assertSound();
    const gone = [...this.#states.keys()].filter((key) => !this.#kept.has(key) && !this.#failed.has(key));
    await this.#tools.ingested.remove(this.#source, [...gone, ...(await this.#bygoneFailures())]);
    this.#counts.removed = gone.length;
    this.#report();
    return { source: this.#source, ...this.#counts };
  }

  /** Resolves when nothing is being written any more, however it ended. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Failures of what the source no longer lists, or no longer holds in that item. */
  async #bygoneFailures(): Promise<readonly string[]> {
    const recorded = await this.#tools.ingested.failures(this.#source);
    const inQuestion = this.#options.only === undefined ? null : new Set(this.#options.only);
    return recorded
      .map(({ key }) => key)
      .filter((key) => inQuestion === null || inQuestion.has(itemKey(key)))
      .filter((key) => !this.#failed.has(key) && !this.#unchanged.has(itemKey(key)) && !this.#kept.has(key));
  }

  #assertSound(): void {
    if (this.#fault !== null) throw this.#fault.error;
  }

  async #load(item: SourceItem): Promise<void> {
    if (item.readAt !== undefined) this.#readAt.set(item.key, item.readAt);
    try {
      const loaded = await item.load(this.#options.signal);
      const documents = loaded.documents.map((draft) => buildDocument(this.#source, draft, item.fingerprint));
      for (const document of documents) this.#kept.add(document.key);
      for (const failure of loaded.failures) await this.#fail(failure.key, failure.error);
      // What is attached goes first: the item counts as ingested once its own document, which has its key, is written.
      await this.#enqueue(documents.toReversed());
    } catch (error) {
      await this.#fail(item.key, error);
    }
  }

  async #fail(key: string, error: unknown): Promise<void> {
    if (!(error instanceof PermissionError) && !isItemFault(error)) throw error;
    this.#counts.failed += 1;
    this.#failed.add(key);
    this.#tools.log.warn({ source: this.#source, key, code: error.code }, "item not ingested");
    const reason = { source: this.#source, key, code: error.code, reason: error.message, at: new Date().toISOString() };
    await this.#tools.ingested.fail(reason, { keepEarlier: false });
  }

  async #enqueue(documents: readonly Document[]): Promise<void> {
    this.#batch.push(...documents);
    if (this.#batch.flatMap(({ parts }) => parts.flatMap(({ chunks }) => chunks)).length < BATCH_CHUNKS) return;
    this.#startBatch();
    while (this.#underWay.size >= BATCHES) await Promise.race(this.#underWay);
    this.#assertSound();
  }

  #startBatch(): void {
    const documents = this.#batch;
    this.#batch = [];
    if (documents.length === 0) return;
    // A batch fails while other items are read: the fault is kept until the run looks.
    const work = this.#write(documents)
      .catch((error: unknown) => {
        this.#fault ??= { error };
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #write(documents: readonly Document[]): Promise<void> {
    const vectors = await embedDocuments(documents, this.#tools, this.#options.signal);
    for (const document of documents) {
      if (this.#isOvertaken(document.key)) continue;
      await this.#tools.ingested.write(document, vectors);
      if (document.key === itemKey(document.key)) this.#counts.written += 1;
      this.#report();
    }
  }

  /** Whether the item has changed since it was read: who found that out writes it. */
  #isOvertaken(documentKey: string): boolean {
    const key = itemKey(documentKey);
    const readAt = this.#readAt.get(key);
    return readAt !== undefined && readAt < (this.#options.changedAt?.get(key) ?? Number.NEGATIVE_INFINITY);
  }

  #report(): void {
    this.#options.onProgress?.({ source: this.#source, ...this.#counts });
  }
}

function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

/** The item that a document belongs to: attached documents carry its key before `#`. */
function itemKey(documentKey: string): string {
  return documentKey.split("#", 1)[0] ?? documentKey;
}

/** Whether the fault lies in the item itself, so that the others can go on. */
function isItemFault(error: unknown): error is GroundworkError {
  const codes = [
    "unreadable-file",
    "encrypted-file",
    "empty-file",
    "file-too-large",
    "unsupported-file",
    "parser-limit",
    // A file that was removed from Odoo, or closed to the account, since it was listed.
    "odoo-refused",
  ];
  return error instanceof GroundworkError && codes.includes(error.code);
}
