import type { AccessExpression } from "../access-filter.ts";
import { and, never } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { CODE_DECIDED_MODELS } from "./code-decided-models.ts";
import { DEPENDENT_MODELS, planAttachments, planMessages } from "./dependent-models.ts";
import { mayReadModel } from "./model-access.ts";
import { publicTwin } from "./public-twin.ts";
import { planRecordRules } from "./record-rules.ts";

export interface PlannedModel {
  /** Over the attributes of the model's records, `model` itself apart. */
  readonly expression: AccessExpression;
  /** Why nothing is shown, where the rules themselves do not say so. */
  readonly reason?: string;
}

/** Plans every ingested model for the principal. What cannot be planned exactly is `never`, with the reason. */
export function planModels(principal: Principal, policy: PolicySnapshot): ReadonlyMap<string, PlannedModel> {
  const planned = new Map<string, PlannedModel>();
  // Which records count as readable for what hangs on them: a public twin does not, a private event whose fields are hidden does.
  const readable = new Map<string, AccessExpression>();
  for (const model of [...policy.ingestedModels, ...(policy.hostModels ?? [])]) {
    if (DEPENDENT_MODELS.has(model) || readable.has(model)) continue;
    const plan = planModel(model, principal, policy);
    readable.set(model, plan.expression);
    if (policy.ingestedModels.includes(model)) planned.set(model, asShown(model, plan, principal, policy));
  }
  if (policy.ingestedModels.includes("mail.message")) {
    const plan = planModel("mail.message", principal, policy, () => planMessages(readable, principal, policy));
    planned.set("mail.message", plan);
    readable.set("mail.message", plan.expression);
  }
  if (policy.ingestedModels.includes("ir.attachment")) {
    const plan = planModel("ir.attachment", principal, policy, () => planAttachments(readable, principal, policy));
    planned.set("ir.attachment", plan);
  }
  return planned;
}

/** The plan of the model's own records: those decided in code are refused, those with a public twin are shown as the twin. */
function asShown(model: string, plan: PlannedModel, principal: Principal, policy: PolicySnapshot): PlannedModel {
  const reason = CODE_DECIDED_MODELS.get(model);
  if (reason !== undefined) return { expression: never, reason };
  const twin = publicTwin(model, policy);
  return twin === undefined || mayReadModel(model, principal, policy) ? plan : planModel(twin, principal, policy);
}

/** `further` is what Odoo asks in code beside the rules. */
function planModel(
  model: string,
  principal: Principal,
  policy: PolicySnapshot,
  further?: () => AccessExpression,
): PlannedModel {
  if (!mayReadModel(model, principal, policy)) return { expression: never, reason: "No access right to the model." };
  try {
    const rules = planRecordRules(model, principal, policy);
    return { expression: further === undefined ? rules : and(rules, further()) };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return { expression: never, reason: error.message };
  }
}
