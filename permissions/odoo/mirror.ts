import type { AccessScalar } from "../access-attributes.ts";
import { attributeValues } from "../attribute-values.ts";
import { PermissionError } from "../permission-error.ts";
import type { MirrorRecord, MirrorValue, PolicySnapshot } from "../policy-snapshot.ts";

/** One field of a mirrored model, as typed attributes, by value: which records have what. Ids ascend; the lists are frozen. */
export interface MirrorColumn {
  readonly idsByValue: ReadonlyMap<AccessScalar, readonly number[]>;
  readonly unsetIds: readonly number[];
  /** The records of which the field is known at all. */
  readonly knownIds: readonly number[];
}

interface MirroredModel {
  readonly byId: ReadonlyMap<number, MirrorRecord>;
  readonly columns: Map<string, MirrorColumn>;
}

const indexed = new WeakMap<readonly MirrorRecord[], MirroredModel>();

/** All records of a model in the mirror. @throws PermissionError `unknown-model` when the mirror does not hold the model. */
export function mirrorRecords(model: string, policy: PolicySnapshot): ReadonlyMap<number, MirrorRecord> {
  return mirroredModel(model, policy).byId;
}

/** Indexed when it is first asked for, then kept with the policy. @throws PermissionError `unknown-model` */
export function mirrorColumn(model: string, field: string, policy: PolicySnapshot): MirrorColumn {
  const { byId, columns } = mirroredModel(model, policy);
  let column = columns.get(field);
  if (column === undefined) {
    column = indexColumn(byId.values(), valuesOf(model, field, policy));
    columns.set(field, column);
  }
  return column;
}

/** The records that a relational value leads to. */
export function linkedIds(value: MirrorValue): readonly number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? value : [];
}

function mirroredModel(model: string, policy: PolicySnapshot): MirroredModel {
  const records = Object.hasOwn(policy.mirror, model) ? policy.mirror[model] : undefined;
  if (records === undefined) throw new PermissionError("unknown-model", `The mirror does not hold ${model}.`);
  let found = indexed.get(records);
  if (found === undefined) {
    found = { byId: new Map(records.map((record) => [record.id, record])), columns: new Map() };
    indexed.set(records, found);
  }
  return found;
}

type ReadValues = (record: MirrorRecord) => readonly AccessScalar[] | undefined;

/** A record's field as attributes are made of it, so that one meaning of conditions serves records and mirror alike. */
function valuesOf(model: string, field: string, policy: PolicySnapshot): ReadValues {
  if (field === "id") return (record) => [record.id];
  const fields = Object.hasOwn(policy.models, model) ? policy.models[model]?.fields : undefined;
  const type = fields !== undefined && Object.hasOwn(fields, field) ? fields[field]?.type : undefined;
  return (record) => {
    const value = Object.hasOwn(record, field) ? record[field] : undefined;
    return type === undefined || value === undefined ? undefined : attributeValues(value, type);
  };
}

function indexColumn(records: Iterable<MirrorRecord>, read: ReadValues): MirrorColumn {
  const idsByValue = new Map<AccessScalar, number[]>();
  const unsetIds: number[] = [];
  const knownIds: number[] = [];
  for (const record of [...records].sort((left, right) => left.id - right.id)) {
    const values = read(record);
    if (values === undefined) continue;
    knownIds.push(record.id);
    if (values.length === 0) unsetIds.push(record.id);
    for (const value of values) {
      const ids = idsByValue.get(value);
      if (ids === undefined) idsByValue.set(value, [record.id]);
      else ids.push(record.id);
    }
  }
  for (const ids of idsByValue.values()) Object.freeze(ids);
  return { idsByValue, unsetIds: Object.freeze(unsetIds), knownIds: Object.freeze(knownIds) };
}
