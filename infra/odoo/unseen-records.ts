import PQueue from "p-queue";
import type { FieldDescription } from "../../permissions/policy-snapshot.ts";
import { collectRecords } from "./collect-records.ts";
import { idBatches } from "./id-batches.ts";
import type { OwnAccount } from "./own-account.ts";
import type { OdooRecord, OdooSource, OdooValue, RecordSelection } from "./port.ts";
import { unlessRefused } from "./unless-refused.ts";
import type { Askable } from "./who-sees-more.ts";

/** People asked at the same time; a small Odoo has few workers. */
const AT_ONCE = 4;

const TO_MANY: ReadonlySet<string> = new Set(["one2many", "many2many"]);

/** Records that the sync account does not see, each with the people who do. */
export type Owners = ReadonlyMap<number, readonly OwnAccount[]>;

type Fields = Readonly<Record<string, FieldDescription>>;

/** Lists what the people see beyond the sync account. Whom Odoo refuses the model is passed over. */
export async function findUnseen(
  model: string,
  sync: OdooSource,
  people: readonly Askable[],
  signal?: AbortSignal,
  selection?: RecordSelection,
): Promise<Owners> {
  if (people.length === 0) return new Map();
  const seen = new Set((await unlessRefused(sync.ids(model, signal, selection))) ?? []);
  const asked = selection?.among?.["id"]?.filter((id) => typeof id !== "number" || !seen.has(id));
  if (asked?.length === 0) return new Map();
  const narrowed = asked === undefined ? selection : { ...selection, among: { ...selection?.among, id: asked } };
  const queue = new PQueue({ concurrency: AT_ONCE });
  const lists = await queue.addAll(people.map((askable) => () => idsBeyond(model, askable, signal, narrowed)));
  const owners = new Map<number, OwnAccount[]>();
  for (const [index, { person }] of people.entries()) {
    for (const id of lists[index] ?? []) {
      if (seen.has(id)) continue;
      const known = owners.get(id);
      if (known === undefined) owners.set(id, [person]);
      else known.push(person);
    }
  }
  return new Map([...owners].sort(([left], [right]) => left - right));
}

/** Null where Odoo refuses. A selection by values is narrow enough by itself. */
async function idsBeyond(
  model: string,
  { person: { source }, within }: Askable,
  signal?: AbortSignal,
  selection?: RecordSelection,
): Promise<readonly number[] | null> {
  if (within !== null && selection?.among === undefined) {
    const found: number[] = [];
    let isRefused = false;
    for (const among of within) {
      const ids = await unlessRefused(source.ids(model, signal, { ...selection, among }));
      found.push(...(ids ?? []));
      isRefused ||= ids === null;
    }
    // A person may not be allowed to search by one of these fields.
    if (!isRefused) return [...new Set(found)];
  }
  return unlessRefused(source.ids(model, signal, selection));
}

/**
 * Reads these records with their people's own keys, in ascending id. A record has what the first of its people reads; where that person
 * may not read a field, a further one does. To-many values are all that its people see together, for Odoo leaves out of them what the
 * reader may not read. A field that none of them may read is missing.
 */
export async function readUnseen(
  model: string,
  fields: readonly string[],
  owners: Owners,
  signal?: AbortSignal,
): Promise<readonly OdooRecord[]> {
  const found = new Map<number, OdooRecord>();
  for (const person of new Set([...owners.values()].flat())) {
    const described = (await unlessRefused(person.source.fields(model, signal))) ?? {};
    const own = [...owners].filter(([, people]) => people.includes(person)).map(([id]) => id);
    const readable = fields.filter((field) => field === "id" || Object.hasOwn(described, field));
    const first = own.filter((id) => !found.has(id));
    const isNew = new Set(first);
    await readInto(found, model, readable, first, described, person, signal);
    const again = own.filter((id) => !isNew.has(id) && found.has(id));
    const lacking = readable.filter(
      (field) => isToMany(described[field]) || again.some((id) => found.get(id)?.[field] === undefined),
    );
    if (lacking.length > 0) await readInto(found, model, lacking, again, described, person, signal);
  }
  return [...found.values()].sort((left, right) => left.id - right.id);
}

async function readInto(
  found: Map<number, OdooRecord>,
  model: string,
  fields: readonly string[],
  ids: readonly number[],
  described: Fields,
  { source }: OwnAccount,
  signal?: AbortSignal,
): Promise<void> {
  for (const batch of idBatches(ids)) {
    const selection = { among: { id: batch } };
    for (const record of await readAllowed(model, fields, source, selection, signal)) {
      found.set(record.id, merged(found.get(record.id), record, described));
    }
  }
}

/** Odoo refuses the whole reading for one field whose value it may not compute for this person: then the halves are read by themselves. */
async function readAllowed(
  model: string,
  fields: readonly string[],
  source: OdooSource,
  selection: RecordSelection,
  signal?: AbortSignal,
): Promise<readonly OdooRecord[]> {
  const whole = await unlessRefused(collectRecords(source.records(model, fields, signal, selection)));
  if (whole !== null) return whole;
  if (fields.length <= 1) return [];
  const middle = Math.ceil(fields.length / 2);
  const halves = [
    ...(await readAllowed(model, fields.slice(0, middle), source, selection, signal)),
    ...(await readAllowed(model, fields.slice(middle), source, selection, signal)),
  ];
  const records = new Map<number, OdooRecord>();
  for (const half of halves) records.set(half.id, { ...records.get(half.id), ...half });
  return [...records.values()];
}

function merged(earlier: OdooRecord | undefined, later: OdooRecord, described: Fields): OdooRecord {
  if (earlier === undefined) return later;
  const values: Record<string, OdooValue> = { ...later, ...earlier };
  for (const [field, value] of Object.entries(later)) {
    if (isToMany(described[field])) values[field] = together(earlier[field], value);
  }
  return { ...values, id: later.id };
}

function together(left: OdooValue | undefined, right: OdooValue): OdooValue {
  const ids = [left, right].flatMap((value) => (Array.isArray(value) ? value : []));
  return [...new Set(ids.filter((id) => typeof id === "number"))].sort((a, b) => a - b);
}

function isToMany(field: FieldDescription | undefined): boolean {
  return field !== undefined && TO_MANY.has(field.type);
}
