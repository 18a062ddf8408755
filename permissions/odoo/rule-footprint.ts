import type { FieldType, PolicySnapshot } from "../policy-snapshot.ts";

/** What must be known of records so that every rule that can be planned is planned. */
export interface RuleFootprint {
  /** Per ingested model, the attributes that its records bear; a dotted one is a field of an `_inherits` parent. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** The field types of those attributes, by model and attribute. */
  readonly types: Readonly<Record<string, Readonly<Record<string, FieldType>>>>;
  /** Per model, the fields that the mirror must hold of all its records, archived ones included; `id` goes without saying. */
  readonly mirror: Readonly<Record<string, readonly string[]>>;
  /** Rules that cannot be planned, whoever asks. */
  readonly refused: readonly { readonly rule: string; readonly model: string; readonly reason: string }[];
}

/** What the rules over the ingested models need. It takes the policy without its mirror, for it says what to fetch into it. */
export function ruleFootprint(
  policy: Pick<PolicySnapshot, "recordRules" | "models">,
  ingestedModels: readonly string[],
): RuleFootprint {
  void policy;
  return {
    attributes: Object.fromEntries(ingestedModels.map((model) => [model, []])),
    types: {},
    mirror: {},
    refused: [],
  };
}
