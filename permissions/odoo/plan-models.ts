import type { AccessExpression } from "../access-filter.ts";
import { and, never } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { CODE_DECIDED_MODELS } from "./code-decided-models.ts";
import { DEPENDENT_MODELS, planAttachments, planMessages } from "./dependent-models.ts";
import { mayReadModel } from "./model-access.ts";
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
  const readable = new Map<string, AccessExpression>();
  for (const model of policy.ingestedModels) {
    if (DEPENDENT_MODELS.has(model)) continue;
    const plan = planModel(model, principal, policy, (rules) => rules);
    planned.set(model, plan);
    readable.set(model, plan.expression);
  }
  if (policy.ingestedModels.includes("mail.message")) {
    const plan = planModel("mail.message", principal, policy, (rules) =>
      and(rules, planMessages(readable, principal, policy)),
    );
    planned.set("mail.message", plan);
    readable.set("mail.message", plan.expression);
  }
  if (policy.ingestedModels.includes("ir.attachment")) {
    const plan = planModel("ir.attachment", principal, policy, (rules) =>
      and(rules, planAttachments(readable, principal)),
    );
    planned.set("ir.attachment", plan);
  }
  return planned;
}

function planModel(
  model: string,
  principal: Principal,
  policy: PolicySnapshot,
  complete: (rules: AccessExpression) => AccessExpression,
): PlannedModel {
  const decidedInCode = CODE_DECIDED_MODELS.get(model);
  if (decidedInCode !== undefined) return { expression: never, reason: decidedInCode };
  if (!mayReadModel(model, principal, policy)) return { expression: never, reason: "No access right to the model." };
  try {
    return { expression: complete(planRecordRules(model, principal, policy)) };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return { expression: never, reason: error.message };
  }
}
