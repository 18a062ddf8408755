import { setTimeout as wait } from "node:timers/promises";
import { type IngestTools, ingestSource } from "../ingest-source.ts";
import type { SourceItem } from "../sources/port.ts";

/** Items that are brought up to date together. */
const BATCH = 64;
/** Before a batch that failed as a whole is tried again. */
const PAUSE_MS = 2_000;

/**
 * Brings the text of changed items up to date in the background, one batch at a time. An item that changes again while it waits is
 * brought up to date once. What waits is lost with the process: the next start reads everything.
 */
export class ContentQueue {
  readonly #tools: IngestTools;
  readonly #changedAt: ReadonlyMap<string, number>;
  readonly #waiting = new Map<string, Map<string, SourceItem>>();
  readonly #stop = new AbortController();
  #working: Promise<void> | null = null;
  #underWay: readonly SourceItem[] = [];

  /** `changedAt`: see `IngestOptions`. */
  constructor(tools: IngestTools, changedAt: ReadonlyMap<string, number>) {
    this.#tools = tools;
    this.#changedAt = changedAt;
  }

  get isIdle(): boolean {
    return this.#working === null;
  }

  /** The fingerprint of the item that will be written under this key; one that was overtaken, or removed meanwhile, will not. */
  waiting(key: string): string | undefined {
    const items = [...[...this.#waiting.values()].flatMap((waiting) => waiting.get(key) ?? []), ...this.#underWay];
    const item = items.find((each) => each.key === key);
    const isOvertaken = (item?.readAt ?? Number.POSITIVE_INFINITY) < (this.#changedAt.get(key) ?? 0);
    return isOvertaken ? undefined : item?.fingerprint;
  }

  add(source: string, items: readonly SourceItem[]): void {
    if (items.length === 0) return;
    const waiting = this.#waiting.get(source) ?? new Map<string, SourceItem>();
    this.#waiting.set(source, waiting);
    for (const item of items) waiting.set(item.key, item);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** Resolves when nothing is being written any more; what waits is dropped. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#waiting.clear();
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const [source, items] = next;
      this.#underWay = items;
      try {
        await ingestSource(
          { name: source, count: () => Promise.resolve(items.length), items: () => asPages(items) },
          this.#tools,
          { signal: this.#stop.signal, changedAt: this.#changedAt, only: items.map(({ key }) => key) },
        );
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#tools.log.warn({ error, source, items: items.length }, "changed items not ingested; tried again");
        const waiting = this.#waiting.get(source) ?? new Map<string, SourceItem>();
        this.#waiting.set(source, new Map([...items.map((item) => [item.key, item] as const), ...waiting]));
        await wait(PAUSE_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      } finally {
        this.#underWay = [];
      }
    }
  }

  #next(): readonly [string, readonly SourceItem[]] | undefined {
    for (const [source, waiting] of this.#waiting) {
      const items = [...waiting.values()].slice(0, BATCH);
      for (const { key } of items) waiting.delete(key);
      if (waiting.size === 0) this.#waiting.delete(source);
      if (items.length > 0) return [source, items];
    }
    return undefined;
  }
}

// eslint-disable-next-line typescript/require-await -- a source is asynchronous, this one has nothing to wait for
async function* asPages(items: readonly SourceItem[]): AsyncGenerator<SourceItem> {
  yield* items;
}
