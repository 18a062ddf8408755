import { PermissionError } from "../permission-error.ts";
import type { FieldType, MirrorValue, PolicySnapshot, UserPolicy } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { describeModel, isToMany, relatedModel } from "./describe-field.ts";
import type { DomainExpression, ExpressionStep } from "./domain.ts";
import { employeesOf } from "./employees-of.ts";
import { linkedIds, mirrorRecords } from "./mirror.ts";

/** A value that a rule compares with; `null` is Odoo's False for what is unset. */
export type RuleScalar = string | number | boolean | null;
export type RuleValue = RuleScalar | readonly RuleScalar[];

/** What an expression has come to after some of its steps. */
type Fact =
  | { readonly kind: "records"; readonly model: string; readonly ids: readonly number[] }
  | { readonly kind: "environment" }
  | { readonly kind: "value"; readonly value: RuleValue };

/**
 * Evaluates `user…`, `company_ids` or `company_id` for one principal. Facts come from the principal, the policy's users and the mirror;
 * paths are followed as superuser. Records stand for their ids, as Odoo has it.
 *
 * @throws PermissionError `domain-unsupported`, `unknown-field` or `unknown-model` when a fact is not known; never a guess.
 */
export function evaluateUserExpression(
  expression: DomainExpression,
  principal: Principal,
  policy: PolicySnapshot,
): RuleValue {
  if (expression.name !== "user") {
    if (expression.steps.length > 0) throw unsupported(`${expression.name} is a plain value`, expression);
    return expression.name === "company_ids" ? principal.companyIds : principal.currentCompanyId;
  }
  let fact: Fact = { kind: "records", model: "res.users", ids: [principal.userId] };
  for (const step of expression.steps) fact = follow(fact, step, { principal, policy, expression });
  if (fact.kind === "environment") throw unsupported("the expression ends in the environment", expression);
  if (fact.kind === "value") return fact.value;
  if (policy.odooVersion !== undefined)
    throw unsupported("Odoo before 19 compares with ids, not with records", expression);
  return fact.ids;
}

interface Walk {
  readonly principal: Principal;
  readonly policy: PolicySnapshot;
  readonly expression: DomainExpression;
}

function follow(fact: Fact, step: ExpressionStep, walk: Walk): Fact {
  if (fact.kind === "value") throw unsupported(`nothing follows a value, yet .${step.name} does`, walk.expression);
  if (fact.kind === "environment") return followEnvironment(step, walk);
  if (step.kind === "mapped") return followMapped(fact.model, fact.ids, step.name, walk);
  switch (step.name) {
    case "id":
      requireOneAtMost(fact.ids, walk);
      return { kind: "value", value: fact.ids[0] ?? null };
    case "ids":
      return { kind: "value", value: fact.ids };
    case "env":
      return { kind: "environment" };
    default:
      return followField(fact.model, fact.ids, step.name, walk);
  }
}

function followEnvironment(step: ExpressionStep, { principal, expression }: Walk): Fact {
  const name = step.kind === "attribute" ? step.name : "";
  switch (name) {
    case "uid":
      return { kind: "value", value: principal.userId };
    case "user":
      return { kind: "records", model: "res.users", ids: [principal.userId] };
    case "company":
      return { kind: "records", model: "res.company", ids: [principal.currentCompanyId] };
    case "companies":
      return { kind: "records", model: "res.company", ids: principal.companyIds };
    default:
      throw unsupported(`user.env.${step.name} is not planned`, expression);
  }
}

/** `mapped` takes any number of records: fields of a value become a list, relational ones the union of their records. */
function followMapped(model: string, ids: readonly number[], path: string, walk: Walk): Fact {
  let fact: Fact = { kind: "records", model, ids };
  for (const field of path.split(".")) {
    if (fact.kind !== "records") throw unsupported(`nothing follows a value, yet .${field} does`, walk.expression);
    fact = mapField(fact.model, fact.ids, field, walk);
  }
  return fact;
}

function mapField(model: string, ids: readonly number[], field: string, walk: Walk): Fact {
  if (field === "id") return { kind: "value", value: ids };
  const ofNone = ids.length > 0 ? undefined : followField(model, [], field, walk);
  if (ofNone !== undefined) return ofNone.kind === "records" ? ofNone : { kind: "value", value: [] };
  const results = ids.map((id) => followField(model, [id], field, walk));
  const related = results.find((result) => result.kind === "records");
  if (related === undefined) {
    return { kind: "value", value: results.flatMap((result) => (result.kind === "value" ? result.value : [])) };
  }
  const linked = results.flatMap((result) => (result.kind === "records" ? result.ids : []));
  return { kind: "records", model: related.model, ids: [...new Set(linked)] };
}

/** A field of some records: the union for relational fields, otherwise the value of the one record there is. */
function followField(model: string, ids: readonly number[], field: string, walk: Walk): Fact {
  const known = model === "res.users" ? userField(ids, field, walk) : undefined;
  if (known !== undefined) return known;
  const { fields, inherits } = describeModel(model, walk.policy);
  const description = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (description === undefined) throw unsupported(`the policy does not describe ${model}.${field}`, walk.expression);
  if (description.companyDependent === true) {
    throw unsupported(`${model}.${field} differs from company to company`, walk.expression);
  }
  const inherited = inheritedFrom(model, ids, field, inherits, walk);
  if (inherited !== undefined) return inherited;
  const values = ids.map((id) => mirrorValue(model, id, field, walk));
  const relation = relatedModel(description);
  if (relation !== undefined) {
    const linked = values.flatMap((value) => linkedIds(value));
    const reachable = isToMany(description) ? withoutArchived(relation, linked, walk) : linked;
    return { kind: "records", model: relation, ids: [...new Set(reachable)] };
  }
  requireOneAtMost(ids, walk);
  const [value] = values;
  return { kind: "value", value: value ?? emptyValue(description.type) };
}

/** What the policy itself says of the users, without a mirror. */
function userField(ids: readonly number[], field: string, { principal, policy }: Walk): Fact | undefined {
  const users = ids.map((id) => policy.users.find((user) => user.id === id)).filter((user) => user !== undefined);
  if (users.length !== ids.length) return undefined;
  const isSelf = ids.length === 1 && ids[0] === principal.userId;
  const records = (model: string, pick: (user: UserPolicy) => readonly number[]): Fact => ({
    kind: "records",
    model,
    ids: [...new Set(users.flatMap(pick))],
  });
  switch (field) {
    case "partner_id":
      return records("res.partner", (user) => [user.partnerId]);
    case "company_id":
      return records("res.company", (user) => [user.companyId]);
    case "company_ids":
      return records("res.company", (user) => user.companyIds);
    case "group_ids":
      return records("res.groups", (user) => user.groupIds);
    case "all_group_ids":
    case "groups_id":
      return isSelf ? { kind: "records", model: "res.groups", ids: principal.groupIds } : undefined;
    case "employee_ids":
      return isSelf ? { kind: "records", model: "hr.employee", ids: employeesOf(principal, policy).all } : undefined;
    case "employee_id":
      return isSelf
        ? { kind: "records", model: "hr.employee", ids: employeesOf(principal, policy).current }
        : undefined;
    default:
      return undefined;
  }
}

/** A field that the model has from an `_inherits` parent, followed there when the mirror does not hold it on the model itself. */
function inheritedFrom(
  model: string,
  ids: readonly number[],
  field: string,
  inherits: Readonly<Record<string, string>>,
  walk: Walk,
): Fact | undefined {
  const held = Object.hasOwn(walk.policy.mirror, model) && ids.every((id) => hasField(model, id, field, walk));
  if (held) return undefined;
  for (const [parent, link] of Object.entries(inherits)) {
    const parentFields = Object.hasOwn(walk.policy.models, parent) ? walk.policy.models[parent]?.fields : undefined;
    if (parentFields === undefined || !Object.hasOwn(parentFields, field)) continue;
    const parents = followField(model, ids, link, walk);
    if (parents.kind === "records") return followField(parent, parents.ids, field, walk);
  }
  return undefined;
}

function hasField(model: string, id: number, field: string, walk: Walk): boolean {
  const record = mirrorRecords(model, walk.policy).get(id);
  return record !== undefined && Object.hasOwn(record, field);
}

function mirrorValue(model: string, id: number, field: string, walk: Walk): MirrorValue {
  const record = mirrorRecords(model, walk.policy).get(id);
  const value = record !== undefined && Object.hasOwn(record, field) ? record[field] : undefined;
  if (value === undefined) throw unsupported(`the mirror lacks ${model}.${field}`, walk.expression);
  return value;
}

/** Reading a to-many field leaves archived records out, unlike a path inside a domain. */
function withoutArchived(model: string, ids: readonly number[], walk: Walk): readonly number[] {
  if (!Object.hasOwn(describeModel(model, walk.policy).fields, "active")) return ids;
  return ids.filter((id) => mirrorValue(model, id, "active", walk) === true);
}

/** What Odoo answers for a field of no record at all, or of one where it is unset. */
function emptyValue(type: FieldType): RuleScalar {
  if (type === "integer" || type === "float" || type === "monetary") return 0;
  return type === "boolean" ? false : null;
}

function requireOneAtMost(ids: readonly number[], { expression }: Walk): void {
  if (ids.length > 1) throw unsupported("one record was expected where there are several", expression);
}

function unsupported(reason: string, { position }: DomainExpression): PermissionError {
  return new PermissionError("domain-unsupported", `An expression over the user is not planned: ${reason}.`, {
    position,
  });
}
