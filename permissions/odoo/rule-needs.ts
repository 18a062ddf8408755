import { PermissionError } from "../permission-error.ts";
import type { FieldType, PolicySnapshot } from "../policy-snapshot.ts";
import { describeField, describeModel, isToMany, relatedModel } from "./describe-field.ts";
import type { Domain, DomainCondition, DomainExpression, DomainValue } from "./domain.ts";
import { describeHierarchy } from "./describe-hierarchy.ts";
import { rewriteCondition } from "./rewrite-condition.ts";

/** Where the record stands that a condition looks at: it is ingested and bears attributes, or it is reached by a path and mirrored. */
type Place = "record" | "mirror";
type Models = Pick<PolicySnapshot, "models">;

/** What has been found to be needed so far. */
export class RuleNeeds {
  readonly attributes: Record<string, FieldType> = {};
  readonly #mirror = new Map<string, Set<string>>();

  /** Without a field: the model's ids alone. */
  needMirror(model: string, field = "id"): void {
    const fields = this.#mirror.get(model) ?? new Set<string>();
    this.#mirror.set(model, fields.add(field));
  }

  mergeMirror(fields: Readonly<Record<string, readonly string[]>>): void {
    for (const [model, names] of Object.entries(fields)) {
      this.needMirror(model);
      for (const name of names) this.needMirror(model, name);
    }
  }

  mirrorFields(): Record<string, readonly string[]> {
    const entries = [...this.#mirror].sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(
      entries.map(([model, fields]) => [model, [...fields].filter((field) => field !== "id").sort()]),
    );
  }
}

/** Notes what `planDomain` will ask for. @throws PermissionError when it would refuse the domain, whoever asks. */
export function collectDomainNeeds(
  domain: Domain,
  model: string,
  place: Place,
  policy: Models,
  needs: RuleNeeds,
): void {
  switch (domain.kind) {
    case "constant":
      return;
    case "not":
      collectDomainNeeds(domain.operand, model, place, policy, needs);
      return;
    case "and":
    case "or":
      for (const operand of domain.operands) collectDomainNeeds(operand, model, place, policy, needs);
      return;
    case "condition":
      collectConditionNeeds(domain, model, place, policy, needs);
  }
}

function collectConditionNeeds(
  condition: DomainCondition,
  model: string,
  place: Place,
  policy: Models,
  needs: RuleNeeds,
): void {
  const rewritten = rewriteCondition(condition, model, policy);
  if (rewritten !== undefined) {
    collectDomainNeeds(rewritten, model, place, policy, needs);
    return;
  }
  const [field = "", ...rest] = condition.path;
  const description = describeField(describeModel(model, policy), field);
  const related = relatedModel(description);
  const inner: Domain | undefined =
    rest.length > 0 ? { ...condition, path: rest } : "domain" in condition ? condition.domain : undefined;
  if (inner !== undefined && field === "id" && rest.length === 0) {
    collectDomainNeeds(inner, model, place, policy, needs);
    return;
  }
  if (inner === undefined && !("domain" in condition)) {
    collectValueNeeds(condition.value, policy, needs);
    if (condition.operator === "child_of" || condition.operator === "parent_of") {
      const hierarchy = describeHierarchy(model, field, description, condition.position, policy);
      needs.needMirror(hierarchy.target, hierarchy.parentField);
      needField(model, hierarchy.attribute, hierarchy.attribute === "id" ? "integer" : description.type, place, needs);
      return;
    }
    if (condition.operator.endsWith("like")) {
      needs.needMirror(model, field);
      needField(model, "id", "integer", place, needs);
      return;
    }
  }
  needField(model, field, description.type, place, needs);
  if (inner === undefined) return;
  if (related === undefined) {
    throw new PermissionError("domain-unsupported", `The path goes on behind ${field}, which leads to no record.`, {
      position: condition.position,
    });
  }
  needs.needMirror(related);
  collectDomainNeeds(inner, related, "mirror", policy, needs);
}

function needField(model: string, field: string, type: FieldType, place: Place, needs: RuleNeeds): void {
  if (place === "mirror") needs.needMirror(model, field);
  else needs.attributes[field] = type;
}

function collectValueNeeds(value: DomainValue, policy: Models, needs: RuleNeeds): void {
  switch (value.kind) {
    case "literal":
      return;
    case "list":
      for (const item of value.items) collectValueNeeds(item, policy, needs);
      return;
    case "sum":
      collectValueNeeds(value.left, policy, needs);
      collectValueNeeds(value.right, policy, needs);
      return;
    case "expression":
      collectUserNeeds(value, policy, needs);
  }
}

/** Facts of the user that the policy states itself, and the model that they lead to. */
const STATED_FACTS = new Map([
  ["partner_id", "res.partner"],
  ["company_id", "res.company"],
  ["company_ids", "res.company"],
  ["group_ids", "res.groups"],
  ["groups_id", "res.groups"],
  ["all_group_ids", "res.groups"],
  ["employee_id", "hr.employee"],
  ["employee_ids", "hr.employee"],
]);
const ENVIRONMENT = new Map([
  ["user", "res.users"],
  ["company", "res.company"],
  ["companies", "res.company"],
]);

function collectUserNeeds(expression: DomainExpression, policy: Models, needs: RuleNeeds): void {
  if (expression.name !== "user") return;
  let model: string | undefined = "res.users";
  const names = expression.steps.flatMap((step) => step.name.split("."));
  for (const [index, name] of names.entries()) {
    if (model === undefined || name === "id" || name === "ids") return;
    if (name === "env") {
      model = ENVIRONMENT.get(names[index + 1] ?? "");
      continue;
    }
    if (names[index - 1] === "env") continue;
    const stated: string | undefined = model === "res.users" ? STATED_FACTS.get(name) : undefined;
    if (stated === "hr.employee") needs.mergeMirror({ "hr.employee": ["active", "company_id", "user_id"] });
    model = stated ?? collectFactNeeds(model, name, expression.position, policy, needs);
  }
}

function collectFactNeeds(
  model: string,
  field: string,
  position: number,
  policy: Models,
  needs: RuleNeeds,
): string | undefined {
  const { fields } = describeModel(model, policy);
  const description = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (description === undefined || description.companyDependent === true) {
    throw new PermissionError("domain-unsupported", `${model}.${field} is not known of the user.`, { position });
  }
  needs.needMirror(model, field);
  const related = relatedModel(description);
  if (
    related !== undefined &&
    isToMany(description) &&
    Object.hasOwn(describeModel(related, policy).fields, "active")
  ) {
    needs.needMirror(related, "active");
  }
  return related;
}
