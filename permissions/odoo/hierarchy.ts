import { PermissionError } from "../permission-error.ts";
import type { MirrorRecord, PolicySnapshot } from "../policy-snapshot.ts";
import { mirrorRecords } from "./mirror.ts";
import { held } from "./planning-memory.ts";

/** The given records and all below them, climbing `parentField`. @throws PermissionError when the mirror lacks what it takes. */
export function descendants(
  ids: readonly number[],
  model: string,
  parentField: string,
  policy: PolicySnapshot,
): Set<number> {
  const { children } = hierarchyOf(model, parentField, policy);
  return closure(ids, (id) => children.get(id) ?? []);
}

/** The given records and all above them. @throws PermissionError when the mirror lacks what it takes. */
export function ancestors(
  ids: readonly number[],
  model: string,
  parentField: string,
  policy: PolicySnapshot,
): Set<number> {
  const { parentOf } = hierarchyOf(model, parentField, policy);
  return closure(ids, (id) => {
    const parent = parentOf.get(id) ?? null;
    return parent === null ? [] : [parent];
  });
}

interface Hierarchy {
  readonly parentOf: ReadonlyMap<number, number | null>;
  readonly children: ReadonlyMap<number, readonly number[]>;
}

const hierarchies = new WeakMap<ReadonlyMap<number, MirrorRecord>, Map<string, Hierarchy>>();

function hierarchyOf(model: string, parentField: string, policy: PolicySnapshot): Hierarchy {
  const records = mirrorRecords(model, policy);
  const known = held(hierarchies, records, () => new Map<string, Hierarchy>());
  return held(known, parentField, () => readHierarchy(records, model, parentField));
}

function readHierarchy(records: ReadonlyMap<number, MirrorRecord>, model: string, parentField: string): Hierarchy {
  const parentOf = new Map<number, number | null>();
  const children = new Map<number, number[]>();
  for (const [id, record] of records) {
    const parent = record[parentField];
    if (parent !== null && typeof parent !== "number") {
      throw new PermissionError("unknown-field", `The mirror lacks ${model}.${parentField}.`);
    }
    parentOf.set(id, parent);
    if (parent !== null) held(children, parent, () => []).push(id);
  }
  return { parentOf, children };
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
