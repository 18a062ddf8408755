import PQueue from "p-queue";
import { instantOf } from "./is-selected.ts";
import type { OdooSource } from "./port.ts";
import { isRefused } from "./unless-refused.ts";

/** Ids of one model's records: written or new, and gone (deleted, or closed to the sync account). */
export interface ModelChanges {
  readonly written: ReadonlySet<number>;
  readonly removed: ReadonlySet<number>;
}

/** Changes by model; a model without any is left out. */
export type Changes = ReadonlyMap<string, ModelChanges>;

/** What has changed since it was last asked. */
export interface ChangeSubscription {
  take(): Changes;
}

export interface ChangeReader {
  /**
   * Asks Odoo what became of these models since they were last polled. A model's first poll notes what there is: whoever reads the model
   * after it misses nothing. A model that was polled `since` (`performance.now()`) is not asked about again. Errors: those of the source,
   * apart from models that the account may not read, which have no changes.
   */
  poll(models: Iterable<string>, signal?: AbortSignal, since?: number): Promise<void>;
  /** A reader of its own place: every subscription sees every change once. */
  subscribe(): ChangeSubscription;
}

/**
 * A record carries the instant at which its transaction began, and shows when that ends: what began so long ago is looked for again. It is
 * longer than Odoo lets a request run (`limit_time_real`, 120 s).
 */
const LONGEST_TRANSACTION_MS = 150_000;
/** `write_date` comes in whole seconds: within the newest ones the same record may be written again unnoticed. */
const UNSETTLED_MS = 2_000;
/** Models polled at the same time; a small Odoo has few workers. */
const AT_ONCE = 3;

/**
 * Finds changes by what Odoo keeps: `write_date` tells what was written, the number of records that some are gone, and then the list of
 * ids which. What `write_date` does not tell (a related record that changed) is for the caller to know.
 */
export function openChangeReader(source: OdooSource): ChangeReader {
  const tables = new Map<string, Table>();
  const inboxes = new Set<Map<string, MutableChanges>>();
  async function poll(models: readonly string[], signal?: AbortSignal): Promise<void> {
    const { takenAt } = await source.server(signal);
    const queue = new PQueue({ concurrency: AT_ONCE });
    const pollOne = async (model: string): Promise<void> => {
      const table = tables.get(model) ?? new Table(source, model);
      tables.set(model, table);
      const polledAt = performance.now();
      const found = await table.poll(Date.parse(takenAt), signal);
      table.polledAt = polledAt;
      if (found !== null) for (const inbox of inboxes) note(inbox, model, found);
    };
    await queue.addAll(models.map((model) => () => pollOne(model)));
  }

  return {
    poll: (models, signal, since = Number.POSITIVE_INFINITY) => {
      const isDue = (model: string): boolean => (tables.get(model)?.polledAt ?? Number.NEGATIVE_INFINITY) < since;
      return poll([...new Set(models)].filter(isDue), signal);
    },
    subscribe: () => {
      let inbox = new Map<string, MutableChanges>();
      inboxes.add(inbox);
      return {
        take: () => {
          const taken = inbox;
          inboxes.delete(inbox);
          inbox = new Map();
          inboxes.add(inbox);
          return taken;
        },
      };
    },
  };
}

interface MutableChanges {
  readonly written: Set<number>;
  readonly removed: Set<number>;
}

function note(inbox: Map<string, MutableChanges>, model: string, { written, removed }: ModelChanges): void {
  const known = inbox.get(model) ?? { written: new Set(), removed: new Set() };
  inbox.set(model, known);
  for (const id of written) {
    known.written.add(id);
    known.removed.delete(id);
  }
  for (const id of removed) {
    known.removed.add(id);
    known.written.delete(id);
  }
}

/** One model as it was last seen. */
class Table {
  /** When it was last asked about (`performance.now()`). */
  polledAt = Number.NEGATIVE_INFINITY;
  readonly #source: OdooSource;
  readonly #model: string;
  #last: Promise<unknown> = Promise.resolve();
  /** Null before the first poll. */
  #ids: Set<number> | null = null;
  /** The newest that was seen; ids only grow. */
  #highest = 0;
  #since = 0;
  #isDated = true;
  /** `write_date` by id, of those written lately. */
  #seen = new Map<number, string>();

  constructor(source: OdooSource, model: string) {
    this.#source = source;
    this.#model = model;
  }

  /** Null when nothing changed. `now` is by Odoo's clock. One after the other: a model is never asked about twice at once. */
  poll(now: number, signal?: AbortSignal): Promise<ModelChanges | null> {
    const polling = this.#last.then(() => this.#poll(now, signal));
    this.#last = polling.catch(() => undefined);
    return polling;
  }

  async #poll(now: number, signal?: AbortSignal): Promise<ModelChanges | null> {
    try {
      if (this.#ids === null) {
        this.#since = now - LONGEST_TRANSACTION_MS;
        await this.#written(now, signal);
        this.#hold(await this.#source.ids(this.#model, signal));
        return null;
      }
      const { count, lastWritten } = await this.#source.extent(this.#model, signal);
      const isQuiet = lastWritten !== null && instantOf(lastWritten) < this.#since - UNSETTLED_MS;
      if (isQuiet) this.#seen = new Map();
      const written = isQuiet ? new Set<number>() : await this.#written(now, signal);
      const removed = await this.#reconcile(this.#ids, written, count, signal);
      this.#since = Math.max(this.#since, now - LONGEST_TRANSACTION_MS);
      return written.size + removed.size === 0 ? null : { written, removed };
    } catch (error) {
      if (isRefused(error)) return null;
      throw error;
    }
  }

  #hold(ids: Iterable<number>): void {
    this.#ids = new Set(ids);
    for (const id of this.#ids) this.#highest = Math.max(this.#highest, id);
  }

  async #written(now: number, signal?: AbortSignal): Promise<Set<number>> {
    if (this.#isDated) {
      try {
        return await this.#writtenLately(now, signal);
      } catch (error) {
        if (!isRefused(error)) throw error;
        this.#isDated = false;
      }
    }
    return new Set(await this.#source.ids(this.#model, signal, { idAfter: this.#highest }));
  }

  async #writtenLately(now: number, signal?: AbortSignal): Promise<Set<number>> {
    const written = new Set<number>();
    const lately = new Map<number, string>();
    const selection = { writtenSince: new Date(this.#since).toISOString() };
    for await (const page of this.#source.records(this.#model, ["write_date"], signal, selection)) {
      for (const record of page) {
        const stated = record["write_date"];
        const date = typeof stated === "string" ? stated : "";
        lately.set(record.id, date);
        const isSettled = instantOf(date) < now - UNSETTLED_MS;
        if (!isSettled || this.#seen.get(record.id) !== date) written.add(record.id);
      }
    }
    this.#seen = lately;
    return written;
  }

  /** What is gone, and adds to `written` what has come without being written lately. */
  async #reconcile(held: Set<number>, written: Set<number>, count: number, signal?: AbortSignal): Promise<Set<number>> {
    for (const id of written) {
      held.add(id);
      this.#highest = Math.max(this.#highest, id);
    }
    const removed = new Set<number>();
    if (count === held.size) return removed;
    const present = new Set(await this.#source.ids(this.#model, signal));
    for (const id of held) if (!present.has(id)) removed.add(id);
    for (const id of present) if (!held.has(id)) written.add(id);
    for (const id of removed) written.delete(id);
    this.#hold(present);
    return removed;
  }
}
