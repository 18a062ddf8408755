import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { SettingsStore } from "../../infra/db/port.ts";
import type { Log } from "../../infra/log.ts";

/** The setting that a process changes so that the one that follows Odoo looks. */
const NUDGED = "ingestion.nudged";
const READ_EVERY_MS = 500;

/** What tells the process that follows Odoo, whichever it is, to look now. */
export class Nudges {
  readonly #settings: SettingsStore;
  readonly #log: Log;

  constructor(settings: SettingsStore, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /** Tells the others. One that is not told looks at its next turn. */
  async give(): Promise<void> {
    await this.#settings
      .set(NUDGED, randomUUID())
      .catch((error: unknown) => this.#log.warn({ error }, "nudge not passed on"));
  }

  /** Calls `act` for what others tell, while this process leads, until the signal aborts. */
  async heed(act: () => void, leads: () => boolean, signal: AbortSignal): Promise<void> {
    let last: string | null | undefined;
    while (!signal.aborted) {
      try {
        const newest = leads() ? await this.#settings.get(NUDGED) : undefined;
        if (newest !== last && last !== undefined && newest !== undefined) act();
        last = newest;
      } catch (error) {
        this.#log.warn({ error }, "nudges not read for now");
      }
      await wait(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
