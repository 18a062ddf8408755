import { PermissionError } from "../permission-error.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import { mirrorRecords } from "./mirror.ts";

/** The given records and all below them, climbing `parentField`. @throws PermissionError when the mirror lacks what it takes. */
export function descendants(
  ids: readonly number[],
  model: string,
  parentField: string,
  policy: PolicySnapshot,
): Set<number> {
  const children = new Map<number, number[]>();
  for (const [id, parent] of parents(model, parentField, policy)) {
    if (parent === null) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [id]);
    else siblings.push(id);
  }
  return closure(ids, (id) => children.get(id) ?? []);
}

/** The given records and all above them. @throws PermissionError when the mirror lacks what it takes. */
export function ancestors(
  ids: readonly number[],
  model: string,
  parentField: string,
  policy: PolicySnapshot,
): Set<number> {
  const parentOf = parents(model, parentField, policy);
  return closure(ids, (id) => {
    const parent = parentOf.get(id) ?? null;
    return parent === null ? [] : [parent];
  });
}

function parents(model: string, parentField: string, policy: PolicySnapshot): Map<number, number | null> {
  const result = new Map<number, number | null>();
  for (const [id, record] of mirrorRecords(model, policy)) {
    const parent = record[parentField];
    if (parent !== null && typeof parent !== "number") {
      throw new PermissionError("unknown-field", `The mirror lacks ${model}.${parentField}.`);
    }
    result.set(id, parent);
  }
  return result;
}

function closure(ids: readonly number[], next: (id: number) => readonly number[]): Set<number> {
  const found = new Set<number>();
  const waiting = [...ids];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...next(id));
  }
  return found;
}
