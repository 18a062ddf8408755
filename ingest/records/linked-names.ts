import type { OdooSource } from "../../infra/odoo/port.ts";

const memories = new WeakMap<OdooSource, LinkedNames>();

/** The names that were read through this source; one memory, whoever reads. */
export function linkedNames(odoo: OdooSource): LinkedNames {
  const memory = memories.get(odoo) ?? new LinkedNames();
  memories.set(odoo, memory);
  return memory;
}

interface KnownNames {
  /** As they were last read in a record that links there. */
  readonly read: Map<number, string>;
  /** As Odoo told them when it was asked for them alone. */
  readonly told: Map<number, string>;
  /** Read in two ways: renamed while records were read, or named otherwise for another account. */
  readonly doubtful: Set<number>;
}

/** What records that others link to were called when they were read: a text holds such names, and a rename leaves no date on it. */
export class LinkedNames {
  readonly #models = new Map<string, KnownNames>();

  note(model: string, id: number, name: string): void {
    const { read, doubtful } = this.#of(model);
    const before = read.get(id);
    if (before === name) return;
    if (before !== undefined) doubtful.add(id);
    read.set(id, name);
  }

  /** Of these records, those that something that was read links to. */
  linked(model: string, ids: Iterable<number>): readonly number[] {
    const { read } = this.#of(model);
    return [...ids].filter((id) => read.has(id));
  }

  allLinked(model: string): readonly number[] {
    return [...this.#of(model).read.keys()];
  }

  doubtful(model: string): readonly number[] {
    return [...this.#of(model).doubtful];
  }

  /** Takes on what Odoo told; true when texts may hold another name. */
  tell(model: string, id: number, name: string): boolean {
    const { read, told, doubtful } = this.#of(model);
    const before = told.get(id) ?? (doubtful.has(id) ? undefined : read.get(id));
    told.set(id, name);
    read.set(id, name);
    doubtful.delete(id);
    return before !== name;
  }

  #of(model: string): KnownNames {
    const known = this.#models.get(model) ?? { read: new Map(), told: new Map(), doubtful: new Set() };
    this.#models.set(model, known);
    return known;
  }
}
