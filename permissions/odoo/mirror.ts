import type { AccessAttributes, AccessScalar } from "../access-attributes.ts";
import { attributeValues } from "../attribute-values.ts";
import { PermissionError } from "../permission-error.ts";
import type { MirrorRecord, MirrorValue, PolicySnapshot } from "../policy-snapshot.ts";

interface MirroredModel {
  readonly byId: ReadonlyMap<number, MirrorRecord>;
  readonly attributes: ReadonlyMap<number, AccessAttributes>;
}

const indexed = new WeakMap<readonly MirrorRecord[], MirroredModel>();

/** All records of a model in the mirror. @throws PermissionError `unknown-model` when the mirror does not hold the model. */
export function mirrorRecords(model: string, policy: PolicySnapshot): ReadonlyMap<number, MirrorRecord> {
  return mirroredModel(model, policy).byId;
}

/** The same records as typed attributes, so that one meaning of conditions serves records and mirror alike. */
export function mirrorAttributes(model: string, policy: PolicySnapshot): ReadonlyMap<number, AccessAttributes> {
  return mirroredModel(model, policy).attributes;
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
    found = {
      byId: new Map(records.map((record) => [record.id, record])),
      attributes: new Map(records.map((record) => [record.id, typedAttributes(model, record, policy)])),
    };
    indexed.set(records, found);
  }
  return found;
}

function typedAttributes(model: string, record: MirrorRecord, policy: PolicySnapshot): AccessAttributes {
  const fields = Object.hasOwn(policy.models, model) ? policy.models[model]?.fields : undefined;
  const attributes: Record<string, readonly AccessScalar[]> = { id: [record.id] };
  for (const [name, value] of Object.entries(record)) {
    const type = fields !== undefined && Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
    if (type !== undefined && name !== "id") attributes[name] = attributeValues(value, type);
  }
  return attributes;
}
