import type { FieldDescription, FieldType, ModelDescription } from "../permissions/policy-snapshot.ts";

/** The types that are shown, in the order in which they are: what a record is about, when, how much, and at last what was written. */
const SHOWN_TYPES: readonly (readonly FieldType[])[] = [
  ["char", "many2one", "selection"],
  ["date", "datetime"],
  ["integer", "float", "monetary"],
  ["boolean"],
  ["text", "html"],
];

/** What Odoo and its mixins keep about any record, and what decides how a record is displayed. */
const BOOKKEEPING =
  /^(id|display_name|create_(uid|date)|write_(uid|date)|parent_path|has_message|(message|activity|my_activity|rating|website|access)_.*|(x_|x_studio_)?(active|sequence|color|kanban_state))$/;
const SECRET = /(^|_)(token|password|passwd|secret|api_?key|private_?key|pin|otp)(_|$)/;

/** Relations that say nothing about business. */
const TECHNICAL_RELATION = /^(ir|bus|base|mail)\./;

/**
 * The fields of a model that are shown when nobody said which: stored ones, for only their value is the same for every reader, of types that
 * read as text, without bookkeeping and secrets. By kind, then by label.
 */
export function genericFields({ fields }: ModelDescription): readonly string[] {
  const shown = Object.entries(fields).filter(([name, field]) => isShown(name, field));
  return shown.toSorted((left, right) => inOrder(left, right)).map(([name]) => name);
}

/** Those of them that were added by hand or in Studio. */
export function addedFields(model: ModelDescription): readonly string[] {
  return genericFields(model).filter((name) => name.startsWith("x_"));
}

function isShown(name: string, field: FieldDescription): boolean {
  return (
    rank(field) >= 0 &&
    field.stored !== false &&
    field.companyDependent !== true &&
    !BOOKKEEPING.test(name) &&
    !SECRET.test(name) &&
    !TECHNICAL_RELATION.test(field.relation ?? "")
  );
}

function rank({ type }: FieldDescription): number {
  return SHOWN_TYPES.findIndex((types) => types.includes(type));
}

function inOrder([leftName, left]: [string, FieldDescription], [rightName, right]: [string, FieldDescription]): number {
  const byRank = rank(left) - rank(right);
  if (byRank !== 0) return byRank;
  const byLabel = left.label < right.label ? -1 : left.label > right.label ? 1 : 0;
  return byLabel !== 0 ? byLabel : leftName < rightName ? -1 : 1;
}
