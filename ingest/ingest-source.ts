import type { IngestedDocuments, SourceScope } from "../infra/db/port.ts";
import { type Document, itemKey } from "../infra/document.ts";
import { type ErrorCode, GroundworkError } from "../infra/errors.ts";
import type { Log } from "../infra/log.ts";
import { cancelled } from "../infra/models/cancelled.ts";
import { PermissionError } from "../permissions/permission-error.ts";
import { heldAccess } from "./changes/held-access.ts";
import { buildDocument } from "./build-document.ts";
import type { DocumentSource, LoadOptions, SourceItem } from "./sources/port.ts";

export interface IngestTools {
  readonly ingested: IngestedDocuments;
  readonly log: Log;
  /** Has the documents that were written embedded, now or later. */
  embed(documents: readonly Document[], signal?: AbortSignal): Promise<void>;
  /** Has items loaded later of which loading takes long; absent: they are loaded at once. */
  putOffSlow?(items: readonly SourceItem[]): Promise<void>;
  /** Has items loaded later that need recognition; absent: they fail where it is refused. */
  putOffOcr?(items: readonly SourceItem[]): Promise<void>;
  /** The limits under which files are parsed: an item that failed is tried again under others. */
  readonly limits?: string;
}

/** Counts of one run; `failed` items have a recorded reason each. Items that were put off are `seen` and nothing else. */
export interface IngestionReport {
  readonly source: string;
  readonly seen: number;
  readonly unchanged: number;
  readonly written: number;
  readonly removed: number;
  readonly failed: number;
}

export interface IngestOptions extends Pick<LoadOptions, "signal" | "ocr"> {
  /** What of the source is brought up to date; all unless stated. Nothing outside of it is touched. */
  readonly within?: SourceScope;
  /** Whether a fault of an item may pass: it is thrown then, for all to be tried again. */
  readonly mayPass?: (error: GroundworkError) => boolean;
  readonly onProgress?: (report: IngestionReport) => void;
}

/** Documents are written together until they have so many chunks. */
const BATCH_CHUNKS = 200;
const PUT_OFF_TOGETHER = 64;
/** Batches under way: one is written while the next is read. */
const BATCHES = 2;

/**
 * Brings the database up to what the source, or a scope of it, holds now: new and changed items are written, each document whole; unchanged
 * ones are not touched; what the source no longer lists is removed. An item that cannot be read is recorded with its reason and the rest
 * goes on; it is not tried again until it changes. Items that were found to have changed since this began are left to whoever found
 * it. Stopping at any moment loses nothing that was written; the next run does what is left.
 * Errors: `database`, `odoo-*`, `cancelled`, those of the tools.
 */
export async function ingestSource(
  source: DocumentSource,
  tools: IngestTools,
  options: IngestOptions = {},
): Promise<IngestionReport> {
  const { within = "all", signal } = options;
  assertWanted(signal);
  const { ingested } = tools;
  // Before anything is read.
  const readAt = await ingested.moment();
  const [states, failed] = await Promise.all([
    ingested.states(source.name, within),
    ingested.failed(source.name, within),
  ]);
  const run = new Run(source.name, tools, options, { readAt, states, failed });
  try {
    for await (const item of source.items(within, signal)) {
      assertWanted(signal);
      await run.take(item);
    }
    return await run.finish();
  } finally {
    await run.settle();
  }
}

interface Before {
  readonly readAt: number;
  readonly states: Awaited<ReturnType<IngestedDocuments["states"]>>;
  readonly failed: Awaited<ReturnType<IngestedDocuments["failed"]>>;
}

class Run {
  readonly #source: string;
  readonly #tools: IngestTools;
  readonly #options: IngestOptions;
  readonly #before: Before;
  readonly #held: ReadonlyMap<string, readonly string[]>;
  /** Document keys that the source still stands for. */
  readonly #kept = new Set<string>();
  /** Keys whose failure still stands. */
  readonly #failed = new Set<string>();
  /** Keys of items whose documents and failures all still stand. */
  readonly #unchanged = new Set<string>();
  readonly #fingerprints = new Map<string, string>();
  readonly #underWay = new Set<Promise<void>>();
  /** Of the first batch that failed: it ends the run. */
  #fault: { readonly error: unknown } | null = null;
  #batch: Document[] = [];
  readonly #later: Record<"putOffSlow" | "putOffOcr", SourceItem[]> = { putOffSlow: [], putOffOcr: [] };
  #counts = { seen: 0, unchanged: 0, written: 0, removed: 0, failed: 0 };

  constructor(source: string, tools: IngestTools, options: IngestOptions, before: Before) {
    this.#source = source;
    this.#tools = tools;
    this.#options = options;
    this.#before = before;
    this.#held = Map.groupBy(before.states.keys(), itemKey);
  }

  async take(item: SourceItem): Promise<void> {
    this.#assertSound();
    this.#counts.seen += 1;
    this.#fingerprints.set(item.key, item.fingerprint);
    if (this.#before.states.get(item.key)?.contentHash === item.fingerprint || this.#hasFailedSo(item)) {
      this.#keep(item);
      this.#counts.unchanged += 1;
    } else if (item.isSlow === true && this.#tools.putOffSlow !== undefined) {
      await this.#putOff(item, "putOffSlow");
    } else {
      await this.#load(item);
    }
    this.#report();
  }

  async finish(): Promise<IngestionReport> {
    this.#startBatch();
    await this.#sendLater("putOffSlow");
    await this.#sendLater("putOffOcr");
    await this.settle();
    this.#assertSound();
    const gone = [...this.#before.states.keys()].filter((key) => !this.#kept.has(key) && !this.#failed.has(key));
    await this.#tools.ingested.remove(this.#source, [...gone, ...this.#bygoneFailures()]);
    this.#counts.removed = gone.length;
    this.#report();
    return { source: this.#source, ...this.#counts };
  }

  /** Resolves when nothing is being written any more, however it ended. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #hasFailedSo({ key, fingerprint }: SourceItem): boolean {
    const failed = this.#before.failed.get(key);
    return failed !== undefined && failed !== null && failed === this.#attempt(fingerprint);
  }

  #attempt(fingerprint: string): string {
    return `${fingerprint} ${this.#tools.limits ?? ""}`;
  }

  #keep({ key }: SourceItem): void {
    this.#unchanged.add(key);
    for (const held of this.#held.get(key) ?? []) this.#kept.add(held);
  }

  /** Failures of what the source no longer lists, or no longer holds in that item. */
  #bygoneFailures(): readonly string[] {
    return [...this.#before.failed.keys()].filter(
      (key) => !this.#failed.has(key) && !this.#unchanged.has(itemKey(key)) && !this.#kept.has(key),
    );
  }

  #assertSound(): void {
    if (this.#fault !== null) throw this.#fault.error;
  }

  /** Who may read what is held of it does not wait. */
  async #putOff(item: SourceItem, to: "putOffSlow" | "putOffOcr"): Promise<void> {
    this.#keep(item);
    const held = item.access === undefined ? [] : heldAccess([item], this.#held.get(item.key) ?? []);
    await this.#tools.ingested.updateAccess(this.#source, held);
    if (this.#later[to].push(item) >= PUT_OFF_TOGETHER) await this.#sendLater(to);
  }

  async #sendLater(to: "putOffSlow" | "putOffOcr"): Promise<void> {
    const items = this.#later[to].splice(0);
    if (items.length > 0) await this.#tools[to]?.(items);
  }

  async #load(item: SourceItem): Promise<void> {
    const { signal, ocr } = this.#options;
    const options = { ...(signal === undefined ? {} : { signal }), ...(ocr === undefined ? {} : { ocr }) };
    try {
      const loaded = await item.load(options);
      const documents = loaded.documents.map((draft) => buildDocument(this.#source, draft, item.fingerprint));
      for (const document of documents) this.#kept.add(document.key);
      for (const failure of loaded.failures) await this.#fail(failure.key, failure.error);
      // What is attached goes first: the item counts as ingested once its own document, which has its key, is written.
      await this.#enqueue(documents.toReversed());
    } catch (error) {
      if (this.#tools.putOffOcr !== undefined && error instanceof GroundworkError && error.code === "needs-ocr") {
        await this.#putOff(item, "putOffOcr");
      } else {
        await this.#fail(item.key, error);
      }
    }
  }

  async #fail(key: string, error: unknown): Promise<void> {
    if (!(error instanceof PermissionError) && !isItemFault(error)) throw error;
    if (error instanceof GroundworkError && this.#options.mayPass?.(error) === true) throw error;
    await this.#record(key, error);
  }

  async #record(key: string, error: GroundworkError | PermissionError): Promise<void> {
    this.#counts.failed += 1;
    this.#failed.add(key);
    this.#tools.log.warn({ source: this.#source, key, code: error.code }, "item not ingested");
    const fingerprint = isOwnFault(error) ? this.#attempt(this.#fingerprints.get(itemKey(key)) ?? "") : null;
    const at = new Date().toISOString();
    const { code, message: reason } = error;
    await this.#tools.ingested.fail(
      { source: this.#source, key, code, reason, at, fingerprint, work: null },
      { keepEarlier: false },
    );
  }

  async #enqueue(documents: readonly Document[]): Promise<void> {
    this.#batch.push(...documents);
    if (this.#batch.flatMap(chunksOf).length < BATCH_CHUNKS) return;
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
    const written = await this.#writeAll(documents);
    this.#counts.written += written.filter(({ key }) => key === itemKey(key)).length;
    this.#report();
    await this.#tools.embed(written, this.#options.signal);
  }

  /** One that the database refuses must not cost the others. */
  async #writeAll(documents: readonly Document[]): Promise<readonly Document[]> {
    try {
      const ids = await this.#tools.ingested.write(documents, this.#before.readAt);
      return documents.filter(({ id }) => ids.has(id));
    } catch (error) {
      if (!(error instanceof GroundworkError) || error.retryable) throw error;
      const [only, ...others] = documents;
      if (only !== undefined && others.length === 0) {
        await this.#record(only.key, error);
        return [];
      }
      const written: Document[] = [];
      for (const document of documents) written.push(...(await this.#writeAll([document])));
      return written;
    }
  }

  #report(): void {
    this.#options.onProgress?.({ source: this.#source, ...this.#counts });
  }
}

function chunksOf({ parts }: Document) {
  return parts.flatMap(({ chunks }) => chunks);
}

function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

/** Faults that lie in the file itself: nothing but another file, or other limits, mends them. */
const OWN_FAULTS: ReadonlySet<ErrorCode> = new Set([
  "unreadable-file",
  "encrypted-file",
  "empty-file",
  "file-too-large",
  "unsupported-file",
  "parser-limit",
]);

function isOwnFault(error: GroundworkError | PermissionError): boolean {
  return error instanceof GroundworkError && OWN_FAULTS.has(error.code);
}

/** Whether the fault lies in the item, so that the others can go on. */
function isItemFault(error: unknown): error is GroundworkError {
  // Refused: a file that was removed from Odoo, or closed to the account, since it was listed.
  return error instanceof GroundworkError && (isOwnFault(error) || error.code === "odoo-refused");
}
