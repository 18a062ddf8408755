import type { Changes, ModelChanges } from "../../infra/odoo/change-reader.ts";
import type { IngestedDocuments } from "../../infra/db/port.ts";
import { idBatches } from "../../infra/odoo/id-batches.ts";
import { FOLLOWERS, decidingModels } from "../../infra/odoo/indirect-fields.ts";
import { linkedId } from "../../infra/odoo/linked-record.ts";
import type { OdooSource } from "../../infra/odoo/port.ts";
import { RECORD_MODEL_FIELDS } from "../../permissions/odoo/dependent-models.ts";
import type { RuleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { ATTACHMENT_MODEL } from "../catalogue.ts";
import { cataloguedEntries } from "../catalogued-entries.ts";
import type { CataloguedLines } from "../catalogued-model.ts";
import type { WantedRecords } from "../sources/odoo-records.ts";
import type { FollowerTable } from "./follower-table.ts";
import { renamedRecords } from "./renamed-records.ts";

export interface AffectedRecords {
  /** To be read again. */
  readonly wanted: WantedRecords;
  /** Document keys of records that are gone. */
  readonly gone: readonly string[];
}

export interface AffectedTools {
  readonly odoo: OdooSource;
  readonly policy: PolicySnapshot;
  readonly footprint: RuleFootprint;
  readonly ingested: IngestedDocuments;
  readonly followers: FollowerTable;
  /** `watchedModels`, whose changes are told. */
  readonly watched: readonly string[];
  /** The source's name. */
  readonly source: string;
}

/** The models whose changes can touch what is held. */
export function watchedModels(policy: PolicySnapshot, footprint: RuleFootprint): readonly string[] {
  const entries = cataloguedEntries(policy);
  const own = entries.flatMap(({ model, lines = [] }) => [model, ...lines.map((each) => each.model)]);
  const bearers = [...own, ATTACHMENT_MODEL, ...(policy.hostModels ?? [])];
  return [...new Set([...bearers, ...bearers.flatMap((model) => [...decidersOf(model, policy, footprint).keys()])])];
}

/** Per model that decides about attributes of the given one without being it: those attributes. */
function decidersOf(
  model: string,
  policy: PolicySnapshot,
  { attributes }: RuleFootprint,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const description = policy.models[model];
  if (description === undefined) return found;
  for (const attribute of attributes[model] ?? []) {
    for (const decider of decidingModels(attribute, description, policy.models)) {
      found.set(decider, [...(found.get(decider) ?? []), attribute]);
    }
  }
  return found;
}

/**
 * Which records must be read again after these changes: those that were written, those whose lines, followers or linked records were,
 * all of the `whole` models, the messages and attachments that hang on any of them, and what names a record that has another name now. Errors: those of the source, `database`.
 */
export async function affectedRecords(
  changes: Changes,
  whole: readonly string[],
  tools: AffectedTools,
  signal?: AbortSignal,
): Promise<AffectedRecords> {
  const touched = new Touched();
  for (const { model, lines = [] } of cataloguedEntries(tools.policy)) {
    if ([model, ...lines.map((each) => each.model)].some((each) => whole.includes(each))) touched.addAll(model);
  }
  for (const model of [...RECORD_MODEL_FIELDS.keys(), ...(tools.policy.hostModels ?? [])]) {
    if (whole.includes(model)) touched.addAll(model);
  }
  const gone: string[] = [];
  const bearers = [...cataloguedEntries(tools.policy).map(({ model }) => model), ATTACHMENT_MODEL];
  for (const model of [...bearers, ...(tools.policy.hostModels ?? [])]) {
    const own = changes.get(model);
    touched.add(model, own?.written ?? []);
    for (const id of own?.removed ?? []) gone.push(`${model}/${id}`);
    await addDecided(model, model, changes, touched, tools, signal);
  }
  for (const { model, lines = [] } of cataloguedEntries(tools.policy)) {
    for (const each of lines) {
      const changed = changes.get(each.model);
      if (changed !== undefined) touched.add(model, await parentsOf(each, changed, tools, signal));
      await addDecided(each.model, model, changes, touched, tools, signal);
    }
  }
  for (const [model, ids] of await tools.followers.followed(changes.get(FOLLOWERS), signal)) touched.add(model, ids);
  const { renamed, showing } = await renamedRecords(changes, tools, signal);
  for (const [model, ids] of renamed) if (bearers.includes(model)) touched.add(model, ids);
  await addDependents(touched, tools, signal);
  for (const [model, ids] of showing) touched.add(model, ids);
  return { wanted: touched.of(bearers), gone };
}

class Touched {
  readonly #models = new Map<string, Set<number> | "all">();

  add(model: string, ids: Iterable<number>): void {
    const known = this.#models.get(model) ?? new Set<number>();
    if (known === "all") return;
    for (const id of ids) known.add(id);
    if (known.size > 0) this.#models.set(model, known);
  }

  addAll(model: string): void {
    this.#models.set(model, "all");
  }

  entries(): readonly (readonly [string, ReadonlySet<number> | "all"])[] {
    return [...this.#models];
  }

  of(models: readonly string[]): WantedRecords {
    return new Map([...this.#models].filter(([model]) => models.includes(model)));
  }
}

/** What other records decide: those that are or were linked to one that changed; where that is not told by links, all records of the bearer. */
async function addDecided(
  bearer: string,
  shownBy: string,
  changes: Changes,
  touched: Touched,
  { odoo, policy, footprint, ingested, source }: AffectedTools,
  signal?: AbortSignal,
): Promise<void> {
  for (const [decider, attributes] of decidersOf(bearer, policy, footprint)) {
    const changed = changes.get(decider);
    if (changed === undefined || decider === FOLLOWERS) continue;
    for (const attribute of attributes) {
      const [link = "", ...further] = attribute.split(".");
      const field = policy.models[bearer]?.fields[link];
      const isLinked = field?.relation === decider && (field.type === "many2one" || further.length === 0);
      if (!isLinked || bearer !== shownBy || (policy.hostModels ?? []).includes(bearer)) {
        touched.addAll(shownBy);
        continue;
      }
      for (const ids of idBatches(changed.written)) {
        touched.add(bearer, await odoo.ids(bearer, signal, { among: { [link]: ids } }));
      }
      // What was linked before and is not any more: the attributes that are held still tell.
      const former = [...changed.written, ...changed.removed];
      if (further.length === 0) touched.add(bearer, await ingested.recordsBearing(source, bearer, attribute, former));
    }
  }
}

async function parentsOf(
  lines: Pick<CataloguedLines, "model" | "parentField">,
  { written, removed }: ModelChanges,
  { odoo, ingested, source }: AffectedTools,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const parents: number[] = [];
  for (const ids of idBatches(written)) {
    for await (const page of odoo.records(lines.model, [lines.parentField], signal, { among: { id: ids } })) {
      parents.push(...page.flatMap((record) => linkedId(record[lines.parentField]) ?? []));
    }
  }
  // A line may have come from another record, which still shows it.
  const shown = await ingested.recordsWithLines(source, lines.model, [...removed, ...written]);
  return [...parents, ...shown];
}

/** Messages before attachments, which may hang on messages. */
async function addDependents(touched: Touched, { odoo, policy }: AffectedTools, signal?: AbortSignal): Promise<void> {
  for (const [dependent, link] of RECORD_MODEL_FIELDS) {
    if (!Object.hasOwn(policy.models, dependent)) continue;
    for (const [model, ids] of touched.entries()) {
      if (model === dependent) continue;
      const selections =
        ids === "all"
          ? [{ among: { [link]: [model] } }]
          : idBatches(ids).map((some) => ({ among: { [link]: [model], res_id: some } }));
      for (const selection of selections) touched.add(dependent, await odoo.ids(dependent, signal, selection));
    }
  }
}
