import { PermissionError } from "../permission-error.ts";
import type { FieldType, PolicySnapshot, RecordRule } from "../policy-snapshot.ts";
import { CODE_DECIDED_MODELS } from "./code-decided-models.ts";
import { DEPENDENT_MIRROR, DEPENDENT_MODELS } from "./dependent-models.ts";
import { publicTwin } from "./public-twin.ts";
import { collectDomainNeeds, RuleNeeds } from "./rule-needs.ts";
import { inheritedAttribute, inheritedModels, ruleDomain } from "./record-rules.ts";

/** What must be known of records so that every rule that can be planned is planned. */
export interface RuleFootprint {
  /** Per model, the attributes that its records bear; a dotted one is a field of an `_inherits` parent. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** The field types of those attributes, by model and attribute. */
  readonly types: Readonly<Record<string, Readonly<Record<string, FieldType>>>>;
  /** Per model, the fields that the mirror must hold of all its records, archived ones included; `id` goes without saying. */
  readonly mirror: Readonly<Record<string, readonly string[]>>;
  /** Rules that cannot be planned, whoever asks. */
  readonly refused: readonly RefusedRule[];
}

export interface RefusedRule {
  readonly rule: string;
  readonly model: string;
  readonly reason: string;
}

type PolicyWithoutMirror = Pick<PolicySnapshot, "recordRules" | "models" | "hostModels">;

/** What the rules over the ingested models and the hosts need. It takes the policy without its mirror, for it says what to fetch into it. */
export function ruleFootprint(policy: PolicyWithoutMirror, ingestedModels: readonly string[]): RuleFootprint {
  const mirror = new RuleNeeds();
  const refused = new Map<string, RefusedRule>();
  const types: Record<string, Readonly<Record<string, FieldType>>> = {};
  for (const model of new Set([...ingestedModels, ...(policy.hostModels ?? [])])) {
    const dependent = DEPENDENT_MODELS.get(model);
    const decidedInCode = ingestedModels.includes(model) ? CODE_DECIDED_MODELS.get(model) : undefined;
    if (decidedInCode !== undefined) refused.set(model, { rule: "", model, reason: decidedInCode });
    const twin = publicTwin(model, policy);
    types[model] = {
      ...dependent,
      ...(twin === undefined ? {} : modelAttributes(twin, policy, mirror, refused, new Set())),
      ...modelAttributes(model, policy, mirror, refused, new Set()),
    };
    if (dependent !== undefined) mirror.mergeMirror(DEPENDENT_MIRROR);
  }
  return {
    attributes: Object.fromEntries(Object.entries(types).map(([model, fields]) => [model, Object.keys(fields).sort()])),
    types,
    mirror: mirror.mirrorFields(),
    refused: [...refused.values()],
  };
}

/** The attributes that a record needs for its model's rules and for those of its `_inherits` parents. */
function modelAttributes(
  model: string,
  policy: PolicyWithoutMirror,
  mirror: RuleNeeds,
  refused: Map<string, RefusedRule>,
  visiting: ReadonlySet<string>,
): Record<string, FieldType> {
  const attributes: Record<string, FieldType> = {};
  if (visiting.has(model)) return attributes;
  const refuse = (rule: string, error: unknown): void => {
    if (!(error instanceof PermissionError)) throw error;
    refused.set(`${model}/${rule}`, { rule, model, reason: error.message });
  };
  for (const rule of policy.recordRules.filter((candidate) => candidate.model === model)) {
    try {
      const needs = needsOfRule(rule, policy);
      Object.assign(attributes, needs.attributes);
      mirror.mergeMirror(needs.mirrorFields());
    } catch (error) {
      refuse(rule.name, error);
    }
  }
  try {
    for (const [parent, link] of inheritedModels(model, policy)) {
      const inherited = modelAttributes(parent, policy, mirror, refused, new Set([...visiting, model]));
      for (const [name, type] of Object.entries(inherited)) {
        attributes[inheritedAttribute(link, name)] = name === "id" ? "many2one" : type;
      }
    }
  } catch (error) {
    refuse("", error);
  }
  return attributes;
}

function needsOfRule(rule: RecordRule, policy: PolicyWithoutMirror): RuleNeeds {
  const needs = new RuleNeeds();
  collectDomainNeeds(ruleDomain(rule), rule.model, "record", policy, needs);
  return needs;
}
