import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { ATTACHMENT_MODEL, catalogue, ingestedModels } from "./catalogue.ts";
import type { CataloguedModel } from "./catalogued-model.ts";
import { genericEntries } from "./generic-entries.ts";
import { addedFields } from "./generic-fields.ts";
import { byDependence } from "./records/read-access.ts";

const known = new WeakMap<PolicySnapshot, readonly CataloguedModel[]>();

/**
 * How the records of every ingested model that this Odoo has are read and shown, in the order in which they must be read: as the catalogue
 * says, with the fields that were added to them by hand; models that it does not name by their fields.
 */
export function cataloguedEntries(policy: PolicySnapshot): readonly CataloguedModel[] {
  const entries = known.get(policy) ?? entriesOf(policy);
  known.set(policy, entries);
  return entries;
}

function entriesOf(policy: PolicySnapshot): readonly CataloguedModel[] {
  const isThere = (model: string): boolean =>
    policy.ingestedModels.includes(model) && Object.hasOwn(policy.models, model);
  const named = catalogue
    .filter(({ model }) => isThere(model))
    .map((entry) => {
      const lines = (entry.lines ?? []).filter(({ model }) => isThere(model)).map((each) => withAdded(each, policy));
      return { ...withAdded(entry, policy), lines };
    });
  const told = new Set([...ingestedModels(), ATTACHMENT_MODEL]);
  const further = policy.ingestedModels.filter((model) => isThere(model) && !told.has(model));
  return [...named, ...genericEntries(further, policy)].toSorted((a, b) => byDependence(a.model, b.model));
}

function withAdded<Entry extends Pick<CataloguedModel, "model" | "fields">>(
  entry: Entry,
  policy: PolicySnapshot,
): Entry {
  const description = policy.models[entry.model];
  const added = description === undefined ? [] : addedFields(description);
  return added.length === 0 ? entry : { ...entry, fields: [...new Set([...entry.fields, ...added])] };
}
