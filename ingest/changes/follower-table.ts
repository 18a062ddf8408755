import type { ModelChanges } from "../../infra/odoo/change-reader.ts";
import { FOLLOWERS, decidingModels } from "../../infra/odoo/indirect-fields.ts";
import type { OdooSource, RecordSelection } from "../../infra/odoo/port.ts";
import type { RuleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";

/**
 * Which record each follower follows, of the models whose rules ask for followers: a follower who is gone no longer tells it, and following
 * leaves no date on the record.
 */
export class FollowerTable {
  readonly #odoo: OdooSource;
  #models = "";
  /** `model/id` by the follower's id. */
  #followed = new Map<number, readonly [string, number]>();

  constructor(odoo: OdooSource) {
    this.#odoo = odoo;
  }

  /** Notes who follows now. Must be called whenever the policy changes; does something only when other models ask for followers. */
  async follow(policy: PolicySnapshot, footprint: RuleFootprint, signal?: AbortSignal): Promise<void> {
    const models = Object.entries(footprint.attributes)
      .filter(([model, attributes]) => asksForFollowers(model, attributes, policy))
      .map(([model]) => model)
      .toSorted();
    if (models.join() === this.#models) return;
    this.#followed = new Map();
    if (models.length > 0) await this.#read({ among: { res_model: models } }, signal);
    this.#models = models.join();
  }

  /** The records whose followers changed, by model. Errors: those of the source. */
  async followed(
    changes: ModelChanges | undefined,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
    const found = new Map<string, Set<number>>();
    if (changes === undefined || this.#models === "") return found;
    if (changes.written.size > 0) await this.#read({ among: { id: [...changes.written] } }, signal);
    for (const id of [...changes.written, ...changes.removed]) {
      const [model, record] = this.#followed.get(id) ?? ["", 0];
      if (!this.#models.split(",").includes(model)) continue;
      found.set(model, (found.get(model) ?? new Set()).add(record));
    }
    for (const id of changes.removed) this.#followed.delete(id);
    return found;
  }

  async #read(selection: RecordSelection, signal?: AbortSignal): Promise<void> {
    for await (const page of this.#odoo.records(FOLLOWERS, ["res_model", "res_id"], signal, selection)) {
      for (const { id, res_model: model, res_id: record } of page) {
        if (typeof model === "string" && typeof record === "number") this.#followed.set(id, [model, record]);
      }
    }
  }
}

function asksForFollowers(model: string, attributes: readonly string[], policy: PolicySnapshot): boolean {
  const description = policy.models[model];
  return (
    description !== undefined &&
    attributes.some((attribute) => decidingModels(attribute, description, policy.models).includes(FOLLOWERS))
  );
}
