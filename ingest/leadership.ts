import type { Lease } from "../infra/db/port.ts";
import type { Log } from "../infra/log.ts";

const RENEW_EVERY_MS = 4_000;

/** Whether this process is the one that follows Odoo and reads everything. It asks again and again until it is closed. */
export class Leadership implements AsyncDisposable {
  readonly #lease: Lease;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<boolean> | null = null;
  #leads = false;
  #terms = 0;

  constructor(lease: Lease, log: Log) {
    this.#lease = lease;
    this.#log = log;
    this.#timer = setInterval(() => void this.ask(), RENEW_EVERY_MS);
  }

  get leads(): boolean {
    return this.#leads;
  }

  /** Counts how often it has come to lead: what happened between two terms was seen by another, or by nobody. */
  get term(): number {
    return this.#terms;
  }

  /** Asks now. A database that does not answer leaves nobody leading here. */
  ask(): Promise<boolean> {
    this.#asking ??= this.#hold().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
    if (this.#leads)
      await this.#lease.release().catch((error: unknown) => this.#log.warn({ error }, "lease not released"));
    this.#leads = false;
  }

  async #hold(): Promise<boolean> {
    const led = this.#leads;
    try {
      this.#leads = await this.#lease.hold();
    } catch (error) {
      this.#leads = false;
      this.#log.warn({ error }, "lease not held");
    }
    if (this.#leads && !led) {
      this.#terms += 1;
      this.#log.info({ term: this.#terms }, "follows and reads from now on");
    }
    if (led && !this.#leads) this.#log.warn({}, "another process follows and reads");
    return this.#leads;
  }
}
