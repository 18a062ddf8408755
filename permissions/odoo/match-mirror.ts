import type { AccessScalar } from "../access-attributes.ts";
import type { AccessExpression } from "../access-filter.ts";
import { evaluateExpression } from "../evaluate-access.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import { mirrorColumn, mirrorRecords, type MirrorColumn } from "./mirror.ts";

/**
 * The mirror's records on which the expression comes to true: what `evaluateExpression` says of each, found by the values that records
 * have instead of record by record. Ascending, frozen. @throws PermissionError `unknown-model`
 */
export function matchMirror(expression: AccessExpression, model: string, policy: PolicySnapshot): readonly number[] {
  const indexed = indexedIds(expression, model, policy);
  if (indexed !== undefined) return indexed;
  return Object.freeze(Array.from(new Float64Array(satisfy(expression, true, { model, policy })).sort()));
}

/** The answer to the commonest questions is in the index as it stands. */
function indexedIds(
  expression: AccessExpression,
  model: string,
  policy: PolicySnapshot,
): readonly number[] | undefined {
  if (expression.kind === "isUnset") return mirrorColumn(model, expression.field, policy).unsetIds;
  if (expression.kind !== "anyOf" || expression.values.length !== 1) return undefined;
  const [value = ""] = expression.values;
  return mirrorColumn(model, expression.field, policy).idsByValue.get(value) ?? [];
}

type Ids = ReadonlySet<number>;

interface Mirrored {
  readonly model: string;
  readonly policy: PolicySnapshot;
}

type Leaf = Extract<AccessExpression, { readonly field: string }>;

/** The records on which the expression comes to the verdict; the unknown ones are in neither set. */
function satisfy(expression: AccessExpression, verdict: boolean, mirrored: Mirrored): Ids {
  switch (expression.kind) {
    case "always":
    case "never":
      return (expression.kind === "always") === verdict
        ? new Set(mirrorRecords(mirrored.model, mirrored.policy).keys())
        : new Set();
    case "not":
      return satisfy(expression.expression, !verdict, mirrored);
    case "and":
    case "or": {
      const operands = expression.expressions.map((operand) => satisfy(operand, verdict, mirrored));
      return (expression.kind === "and") === verdict ? intersection(operands) : union(operands);
    }
    default: {
      const column = mirrorColumn(mirrored.model, expression.field, mirrored.policy);
      const holds = matchColumn(expression, column);
      return verdict ? holds : new Set(column.knownIds.filter((id) => !holds.has(id)));
    }
  }
}

function matchColumn(leaf: Leaf, column: MirrorColumn): Ids {
  switch (leaf.kind) {
    case "isUnset":
      return new Set(column.unsetIds);
    case "anyOf":
      return union(leaf.values.map((value) => column.idsByValue.get(value) ?? []));
    case "range":
      return union(idsOfValues(column, (value) => evaluateExpression(leaf, { [leaf.field]: [value] }) === true));
    case "within": {
      const values = new Set(leaf.values);
      const beyond = union(idsOfValues(column, (value) => !values.has(value)));
      return new Set(column.knownIds.filter((id) => !beyond.has(id)));
    }
  }
}

function idsOfValues({ idsByValue }: MirrorColumn, test: (value: AccessScalar) => boolean): (readonly number[])[] {
  return [...idsByValue].flatMap(([value, ids]) => (test(value) ? [ids] : []));
}

function union(sets: readonly Iterable<number>[]): Ids {
  const all = new Set<number>();
  for (const set of sets) for (const id of set) all.add(id);
  return all;
}

function intersection(sets: readonly Ids[]): Ids {
  const [smallest = new Set<number>(), ...others] = sets.toSorted((left, right) => left.size - right.size);
  return new Set([...smallest].filter((id) => others.every((set) => set.has(id))));
}
