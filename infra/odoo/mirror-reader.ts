import type { MirrorRecord, PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Changes } from "./change-reader.ts";
import { idBatches } from "./id-batches.ts";
import { decidingModels } from "./indirect-fields.ts";
import { mirrorRecord } from "./normalise.ts";
import type { OdooSource } from "./port.ts";

type Models = PolicySnapshot["models"];

interface Held {
  readonly fields: readonly string[];
  readonly deciding: ReadonlySet<string>;
  readonly records: Map<number, MirrorRecord>;
  /** As the policy holds them: the same array as long as nothing changed. */
  sorted: readonly MirrorRecord[];
}

/** The related records that rules path through, kept up to date by their changes. */
export class MirrorReader {
  readonly #source: OdooSource;
  readonly #held = new Map<string, Held>();

  constructor(source: OdooSource) {
    this.#source = source;
  }

  /** The models whose changes must be polled before `update`. */
  static watched(wanted: Readonly<Record<string, readonly string[]>>, models: Models): readonly string[] {
    return [
      ...new Set(Object.entries(wanted).flatMap(([model, fields]) => [model, ...deciding(model, fields, models)])),
    ];
  }

  /** Per model the records with exactly the wanted fields that the account may see, by ascending id. Errors: those of the source. */
  async update(
    wanted: Readonly<Record<string, readonly string[]>>,
    models: Models,
    changes: Changes,
    signal?: AbortSignal,
  ): Promise<PolicySnapshot["mirror"]> {
    for (const model of this.#held.keys()) if (!Object.hasOwn(wanted, model)) this.#held.delete(model);
    const result: Record<string, readonly MirrorRecord[]> = {};
    for (const [model, fields] of Object.entries(wanted)) {
      result[model] = (await this.#current(model, fields, models, changes, signal)).sorted;
    }
    return result;
  }

  async #current(
    model: string,
    wanted: readonly string[],
    models: Models,
    changes: Changes,
    signal?: AbortSignal,
  ): Promise<Held> {
    const described = models[model]?.fields ?? {};
    const fields = wanted.filter((field) => Object.hasOwn(described, field));
    const known = this.#held.get(model);
    const isWhole =
      known?.fields.join() === fields.join() && [...known.deciding].every((decider) => !changes.has(decider));
    const own = changes.get(model);
    if (known !== undefined && isWhole && own === undefined) return known;
    const held = known !== undefined && isWhole ? known : this.#emptyMirror(model, fields, models);
    const isEmpty = held !== known;
    if (!isEmpty) for (const id of [...(own?.removed ?? []), ...(own?.written ?? [])]) held.records.delete(id);
    const changed = idBatches(own?.written ?? []).map((id) => ({ among: { id } }));
    for (const selection of isEmpty ? [undefined] : changed) {
      for await (const page of this.#source.records(model, fields, signal, selection)) {
        for (const record of page) held.records.set(record.id, mirrorRecord(record, described));
      }
    }
    held.sorted = [...held.records.values()].toSorted((left, right) => left.id - right.id);
    // Held only when it was read whole: an error leaves what changed to be read again.
    this.#held.set(model, held);
    return held;
  }

  #emptyMirror(model: string, fields: readonly string[], models: Models): Held {
    return { fields, deciding: new Set(deciding(model, fields, models)), records: new Map(), sorted: [] };
  }

  /** After a fault: what was changing is read whole again. */
  forget(): void {
    this.#held.clear();
  }
}

function deciding(model: string, fields: readonly string[], models: Models): readonly string[] {
  const description = models[model];
  return description === undefined ? [] : fields.flatMap((field) => decidingModels(field, description, models));
}
