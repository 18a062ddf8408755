import { PermissionError } from "../permission-error.ts";
import type { ModelAccessRow, RecordRule } from "../policy-snapshot.ts";
import type { Domain, DomainCondition, DomainValue } from "./domain.ts";
import { ruleDomain } from "./record-rules.ts";

/** What of a person decides which records of a model that person sees. */
export interface Viewer {
  /** Closed over implied groups. */
  readonly groupIds: readonly number[];
  readonly companyIds: readonly number[];
}

/** The rows that decide it, as Odoo states them. */
export interface AccessRows {
  readonly modelAccess: readonly ModelAccessRow[];
  readonly recordRules: readonly RecordRule[];
  /** `_inherits`: for each model that there is, those whose rules it obeys too. */
  readonly inherits: ReadonlyMap<string, readonly string[]>;
}

/** Who sees what of these is decided in code as well, so that nothing follows from their rows. */
const DECIDED_IN_CODE: ReadonlySet<string> = new Set([
  "mail.message",
  "ir.attachment",
  "mail.activity",
  "calendar.event",
  "hr.employee",
]);

/** Operators under which a longer list of companies can only let more records through. */
const GROWING: ReadonlySet<string> = new Set(["in", "child_of", "parent_of"]);

/**
 * Whether it is certain, from the rows alone and whatever the records hold, that `viewer` sees every record of the model that `other`
 * sees. False says only that it is not certain. Rules are compared as they are written: that both obey one and the same rule counts when
 * the rule names nobody, or names the companies alone, in a way in which more companies let more through.
 */
export function seesAsMuch(model: string, viewer: Viewer, other: Viewer, rows: AccessRows): boolean {
  return !DECIDED_IN_CODE.has(model) && covers(model, viewer, other, rows, new Set());
}

/** Whether a row of access lets the person read the model at all. */
export function hasAccessRow(model: string, { groupIds }: Viewer, { modelAccess }: AccessRows): boolean {
  return modelAccess.some((row) => row.model === model && (row.groupId === null || groupIds.includes(row.groupId)));
}

function covers(
  model: string,
  viewer: Viewer,
  other: Viewer,
  rows: AccessRows,
  visiting: ReadonlySet<string>,
): boolean {
  if (visiting.has(model)) return false;
  // Who inherits a model needs no access row of its parents: their rules alone are obeyed.
  if (visiting.size === 0 && !hasAccessRow(model, other, rows)) return true;
  if (visiting.size === 0 && !hasAccessRow(model, viewer, rows)) return false;
  const rules = rows.recordRules.filter((rule) => rule.model === model);
  const hasMoreCompanies = other.companyIds.every((id) => viewer.companyIds.includes(id));
  const global = rules.filter(({ groupIds }) => groupIds.length === 0);
  return (
    global.every((rule) => isKept(rule, hasMoreCompanies)) &&
    coversGroupRules(rules, viewer, other, hasMoreCompanies) &&
    (rows.inherits.get(model) ?? []).every((parent) =>
      covers(parent, viewer, other, rows, new Set([...visiting, model])),
    )
  );
}

/** Of the rules of one's groups one is enough; without any there is nothing to pass. */
function coversGroupRules(
  rules: readonly RecordRule[],
  viewer: Viewer,
  other: Viewer,
  hasMoreCompanies: boolean,
): boolean {
  const of = ({ groupIds }: Viewer) => rules.filter((rule) => rule.groupIds.some((id) => groupIds.includes(id)));
  const [own, others] = [of(viewer), of(other)];
  if (own.length === 0 || own.some(letsAllThrough)) return true;
  return others.length > 0 && others.every((rule) => own.includes(rule) && isKept(rule, hasMoreCompanies));
}

function letsAllThrough(rule: RecordRule): boolean {
  const domain = parsed(rule);
  return domain?.kind === "constant" && domain.value;
}

/** Whether what passes the rule for the other passes it for the viewer. */
function isKept(rule: RecordRule, hasMoreCompanies: boolean): boolean {
  const domain = parsed(rule);
  return domain !== null && (namesNobody(domain) || (hasMoreCompanies && growsWithCompanies(domain)));
}

function parsed(rule: RecordRule): Domain | null {
  try {
    return ruleDomain(rule);
  } catch (error) {
    if (error instanceof PermissionError) return null;
    throw error;
  }
}

function namesNobody(domain: Domain): boolean {
  switch (domain.kind) {
    case "constant":
      return true;
    case "and":
    case "or":
      return domain.operands.every(namesNobody);
    case "not":
      return namesNobody(domain.operand);
    default:
      return "domain" in domain ? namesNobody(domain.domain) : isStated(domain.value);
  }
}

function growsWithCompanies(domain: Domain): boolean {
  switch (domain.kind) {
    case "constant":
      return true;
    case "and":
    case "or":
      return domain.operands.every(growsWithCompanies);
    case "not":
      return namesNobody(domain.operand);
    default:
      return conditionGrows(domain);
  }
}

function conditionGrows(condition: DomainCondition): boolean {
  if ("domain" in condition) {
    return condition.operator === "any" ? growsWithCompanies(condition.domain) : namesNobody(condition);
  }
  return isStated(condition.value) || (GROWING.has(condition.operator) && isListOfCompanies(condition.value));
}

/** Whether a value is written out. */
function isStated(value: DomainValue): boolean {
  switch (value.kind) {
    case "literal":
      return true;
    case "list":
      return value.items.every(isStated);
    case "sum":
      return isStated(value.left) && isStated(value.right);
    default:
      return false;
  }
}

/** `company_ids`, with what is written out beside it. */
function isListOfCompanies(value: DomainValue): boolean {
  if (value.kind === "sum") {
    const sides = [value.left, value.right];
    return sides.every((side) => isStated(side) || isListOfCompanies(side));
  }
  return value.kind === "expression" && value.name === "company_ids" && value.steps.length === 0;
}
