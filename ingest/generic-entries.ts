import type { ModelDescription, PolicySnapshot } from "../permissions/policy-snapshot.ts";
import type { CataloguedLines, CataloguedModel } from "./catalogued-model.ts";
import { genericFields } from "./generic-fields.ts";

/** Fields that name a record, the first that there is; `display_name`, which code may compute for each reader, only without them. */
const NAMES = ["x_name", "name", "x_studio_name", "complete_name", "title", "subject", "reference"];

/**
 * How the records of models that the catalogue does not name are shown. The lines of a record that are reached through nothing but the
 * record are shown with it; every other model has documents of its own.
 */
export function genericEntries(models: readonly string[], policy: PolicySnapshot): readonly CataloguedModel[] {
  const described = models.flatMap((model) => policy.models[model] ?? []);
  const lines = new Map(described.map((each) => [each.model, linesOf(each, models, policy)]));
  const folded = new Set([...lines.values()].flat().map(({ model }) => model));
  return described
    .filter(({ model }) => !folded.has(model))
    .map((each) => genericEntry(each, lines.get(each.model) ?? []));
}

function genericEntry(description: ModelDescription, lines: readonly CataloguedLines[]): CataloguedModel {
  const { model, label } = description;
  const name = NAMES.find((each) => isOpenText(description, each));
  const fields = genericFields(description);
  return {
    model,
    kind: label.replaceAll(/\b\p{Lu}(?=\p{Ll})/gu, (letter) => letter.toLowerCase()),
    titleStart: label,
    titleFields: [name ?? "display_name"],
    fields: name === undefined ? fields : [name, ...fields.filter((field) => field !== name)],
    ...(lines.length === 0 ? {} : { lines }),
  };
}

/** Whoever may read the record may read this field of it: a title is shown with every part. */
function isOpenText({ fields }: ModelDescription, name: string): boolean {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return field?.type === "char" && field.stored !== false && field.groups === undefined && !field.companyDependent;
}

function linesOf(
  { model, fields }: ModelDescription,
  models: readonly string[],
  policy: PolicySnapshot,
): readonly CataloguedLines[] {
  return Object.values(fields).flatMap((field) => {
    const line = field.type === "one2many" ? policy.models[field.relation ?? ""] : undefined;
    if (line === undefined || line.model === model || !models.includes(line.model)) return [];
    const links = Object.entries(line.fields).filter(
      ([, { type, relation }]) => relation === model && type === "many2one",
    );
    const [parentField, link] = links[0] ?? [];
    const isOnlyWay = links.length === 1 && link?.stored !== false && waysTo(line.model, policy) === 1;
    const standsAlone = Object.hasOwn(line.fields, "message_ids") || hasLines(line, models);
    if (parentField === undefined || !isOnlyWay || standsAlone) return [];
    const shown = genericFields(line).filter((name) => name !== parentField);
    return [{ model: line.model, parentField, title: field.label, fields: shown }];
  });
}

/** How many fields of ingested models lead to the model. */
function waysTo(model: string, { ingestedModels, models }: PolicySnapshot): number {
  return ingestedModels
    .flatMap((each) => Object.values(models[each]?.fields ?? {}))
    .filter(({ relation }) => relation === model).length;
}

function hasLines({ fields }: ModelDescription, models: readonly string[]): boolean {
  return Object.values(fields).some(({ type, relation = "" }) => type === "one2many" && models.includes(relation));
}
