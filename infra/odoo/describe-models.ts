import { REWRITTEN_FIELDS } from "../../permissions/odoo/rewrite-condition.ts";
import type {
  FieldDescription,
  ModelDescription,
  PolicySnapshot,
  RecordRule,
} from "../../permissions/policy-snapshot.ts";

/** `_parent_name` where it is not `parent_id`. */
const PARENT_FIELDS: Readonly<Record<string, string>> = { "stock.location": "location_id" };

/** `_inherits` links that no required field gives away. */
const INHERITS_LINKS: Readonly<Record<string, string>> = { "hr.employee hr.version": "version_id" };

/** Models that rules reach from `user` and `company_ids` without naming a field that leads there. */
const ALWAYS = ["res.users", "res.partner", "res.company", "res.groups", "mail.message.subtype"];

/**
 * Describes the ingested models, their hosts, and every model that their rules can reach: a path can only go over fields whose names stand in a rule's
 * text, so the relations of those are followed until nothing new comes. Models that the account may not read (`fieldsOf` gives null) are
 * left out, and rules that need them are refused.
 */
export async function describeModels(
  fieldsOf: (model: string) => Promise<Readonly<Record<string, FieldDescription>> | null>,
  { ingestedModels, hostModels }: Pick<PolicySnapshot, "ingestedModels"> & Required<Pick<PolicySnapshot, "hostModels">>,
  rules: readonly RecordRule[],
  inherited: ReadonlyMap<string, readonly string[]>,
): Promise<Readonly<Record<string, ModelDescription>>> {
  const described: Record<string, ModelDescription> = {};
  const named = new Set<string>();
  const queue = [...ingestedModels, ...hostModels, ...ALWAYS];
  for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
    if (Object.hasOwn(described, model)) continue;
    const fields = await fieldsOf(model);
    if (fields === null) continue;
    described[model] = describe(model, fields, inherited.get(model) ?? []);
    const before = named.size;
    for (const rule of rules) {
      if (rule.model !== model) continue;
      for (const [word] of rule.domain.matchAll(/\w+/g)) {
        named.add(word);
        for (const field of REWRITTEN_FIELDS.get(word) ?? []) named.add(field);
      }
    }
    queue.push(...(inherited.get(model) ?? []));
    // New names may lead on from models that were described before them.
    const from = named.size > before ? Object.values(described) : [described[model]];
    for (const description of from) queue.push(...reachable(description, named));
  }
  return trimmed(described, named, ingestedModels);
}

function describe(
  model: string,
  fields: Readonly<Record<string, FieldDescription>>,
  parents: readonly string[],
): ModelDescription {
  const inherits = Object.fromEntries(
    parents.map((parent) => {
      const required = Object.entries(fields).find(
        ([, field]) => field.type === "many2one" && field.relation === parent && field.required === true,
      );
      // Without the link the parent's rules cannot be planned, and the model is refused: no field is called "".
      return [parent, INHERITS_LINKS[`${model} ${parent}`] ?? required?.[0] ?? ""];
    }),
  );
  return { model, label: model, fields, inherits, parentField: PARENT_FIELDS[model] ?? "parent_id" };
}

function reachable(description: ModelDescription | undefined, named: ReadonlySet<string>): readonly string[] {
  return Object.entries(description?.fields ?? {}).flatMap(([name, field]) =>
    field.relation !== undefined && named.has(name) ? [field.relation] : [],
  );
}

/** Whole descriptions of what is ingested; of the rest only what rules can name. */
function trimmed(
  described: Readonly<Record<string, ModelDescription>>,
  named: ReadonlySet<string>,
  ingestedModels: readonly string[],
): Readonly<Record<string, ModelDescription>> {
  const sorted = Object.entries(described).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([model, description]) => {
      if (ingestedModels.includes(model)) return [model, description];
      const kept = new Set([
        ...named,
        "active",
        "internal",
        description.parentField,
        ...Object.values(description.inherits),
      ]);
      const fields = Object.fromEntries(Object.entries(description.fields).filter(([name]) => kept.has(name)));
      return [model, { ...description, fields }];
    }),
  );
}
