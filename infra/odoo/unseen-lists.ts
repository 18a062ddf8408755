import type { OdooSource } from "./port.ts";
import { type Owners, findUnseen, readUnseen } from "./unseen-records.ts";
import type { Askable } from "./who-sees-more.ts";

/** For how long a list answers without being taken anew. */
const LISTED_MS = 10 * 60_000;
/** How often the dates of the listed records are looked at. */
const DATED_MS = 60_000;
/** For how long a changed record is told of: whoever asks in between and fails asks again. */
const TOLD_MS = 5 * 60_000;

interface Listed {
  readonly owners: Promise<Owners>;
  readonly at: number;
}

/** What became of the unseen records of one model. */
interface Dated {
  /** `write_date` by id. */
  readonly dates: Map<number, string>;
  /** The moment until which a changed record is told of. */
  readonly news: Map<number, number>;
  at: number;
}

/** The records that the sync account does not see, by model, listed seldom enough for sources that are asked every few seconds. */
export class UnseenLists {
  readonly #sync: OdooSource;
  readonly #listed = new Map<string, Listed>();
  readonly #dated = new Map<string, Dated>();

  constructor(sync: OdooSource) {
    this.#sync = sync;
  }

  /** As it was at most ten minutes ago. Errors: those of the sources. */
  list(model: string, people: readonly Askable[], signal?: AbortSignal): Promise<Owners> {
    const known = this.#listed.get(model);
    if (known !== undefined && performance.now() - known.at < LISTED_MS) return known.owners;
    return this.listAnew(model, people, signal);
  }

  listAnew(model: string, people: readonly Askable[], signal?: AbortSignal): Promise<Owners> {
    const owners = this.#take(model, people, signal);
    const listed = { owners, at: performance.now() };
    this.#listed.set(model, listed);
    owners.catch(() => {
      if (this.#listed.get(model) === listed) this.#listed.delete(model);
    });
    return owners;
  }

  /** Those of the list whose `write_date` moved in the last minutes; noticed up to a minute late. */
  async written(model: string, people: readonly Askable[], signal?: AbortSignal): Promise<Owners> {
    const owners = await this.list(model, people, signal);
    const dated = this.#dated.get(model);
    if (dated === undefined || performance.now() - dated.at >= DATED_MS) await this.#look(model, owners, signal);
    const now = performance.now();
    const news = this.#dated.get(model)?.news;
    return new Map([...owners].filter(([id]) => (news?.get(id) ?? 0) > now));
  }

  /** The lists are taken anew when they are next asked for. */
  forget(): void {
    this.#listed.clear();
  }

  async #take(model: string, people: readonly Askable[], signal?: AbortSignal): Promise<Owners> {
    const owners = await findUnseen(model, this.#sync, people, signal);
    // Before anybody reads the records: what is written from now on is noticed.
    if (!this.#dated.has(model)) await this.#look(model, owners, signal);
    return owners;
  }

  async #look(model: string, owners: Owners, signal?: AbortSignal): Promise<void> {
    const dated = this.#dated.get(model) ?? { dates: new Map(), news: new Map(), at: 0 };
    dated.at = performance.now();
    for (const record of await readUnseen(model, ["write_date"], owners, signal)) {
      const date = JSON.stringify(record["write_date"] ?? null);
      const earlier = dated.dates.get(record.id);
      if (earlier !== undefined && earlier !== date) dated.news.set(record.id, performance.now() + TOLD_MS);
      dated.dates.set(record.id, date);
    }
    this.#dated.set(model, dated);
  }
}
