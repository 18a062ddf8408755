import { createHash } from "node:crypto";
import type { FieldDescription } from "../../permissions/policy-snapshot.ts";
import type { Log } from "../log.ts";
import { isSelected } from "./is-selected.ts";
import type { OdooAccount, OwnAccount } from "./own-account.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "./port.ts";
import { isRefused, unlessRefused } from "./unless-refused.ts";
import { UnseenLists } from "./unseen-lists.ts";
import { type Owners, findUnseen, readUnseen } from "./unseen-records.ts";
import { type Askable, whoSeesMore } from "./who-sees-more.ts";

/** What was read of a model with people's own keys. */
export interface UnseenReading {
  readonly model: string;
  /** How many records the sync account does not see. */
  readonly records: number;
  /** Fields that nobody who sees them may read on at least one of them. */
  readonly unreadFields: readonly string[];
}

export interface JoinedSourceOptions {
  readonly log: Log;
  /** Told at each reading of records that the sync account does not see. */
  readonly onUnseen?: (reading: UnseenReading) => void;
}

const NOTHING = { count: 0, lastWritten: null };

/**
 * What the sync account sees, and beside it the records that it does not see but one of the people does, read with that person's own key.
 *
 * People are asked by these rules:
 * - Never about the tables that state the policy or the schema: those come from the sync account alone.
 * - Only about models of which the access rows do not prove that the sync account sees all that the person sees (`whoSeesMore`).
 * - `records` asks them, whole, by values and by window. By id only about those that the sync account does not show.
 * - With `writtenSince`, `records` asks only for the dates of the unseen records of a list at most ten minutes old, and that once a minute: their changes
 *   come so much later. `ids` and `count` leave them out.
 * - `ids` and `count` likewise. `ids` of a whole model lists the unseen records anew; by id or window, and for `count` and `values`, the list is taken as it
 *   is.
 * - `fields` asks them where the sync account is refused, `attachment` likewise.
 *
 * The list and the judgement are taken anew as soon as a reading of a policy's table shows it changed. A field that nobody may read on a record is missing
 * from it: what depends on it stays unknown, and is shown to nobody.
 */
export function joinedSource(
  sync: OdooAccount,
  people: readonly OwnAccount[],
  { log, onUnseen = () => {} }: JoinedSourceOptions,
): OdooSource {
  const { source } = sync;
  const who = whoSeesMore(sync, people, log);
  const lists = new UnseenLists(source);
  const hashes = new Map<string, string>();

  async function* policyRecords(
    model: string,
    fields: readonly string[],
    signal?: AbortSignal,
    selection?: RecordSelection,
  ): AsyncGenerator<readonly OdooRecord[]> {
    const hash = createHash("sha256");
    let isEmpty = true;
    for await (const page of source.records(model, fields, signal, selection)) {
      isEmpty = false;
      hash.update(JSON.stringify(page));
      yield page;
    }
    const isRecent = selection?.writtenSince !== undefined;
    const key = JSON.stringify([model, fields, isRecent ? "recent" : selection]);
    const digest = hash.digest("hex");
    const earlier = hashes.get(key);
    hashes.set(key, digest);
    const isNews = isRecent ? !isEmpty : earlier !== undefined;
    if (earlier === digest || !isNews) return;
    who.forget();
    lists.forget();
  }

  async function* records(
    model: string,
    fields: readonly string[],
    signal?: AbortSignal,
    selection?: RecordSelection,
  ): AsyncGenerator<readonly OdooRecord[]> {
    if (isPolicyTable(model)) return yield* policyRecords(model, fields, signal, selection);
    const askable = await who.of(model, signal);
    if (askable.length === 0) return yield* source.records(model, fields, signal, selection);
    const owners = await ownersOf(model, askable, signal, selection);
    const unseen = await readUnseen(model, fields, owners, signal);
    if (selection === undefined) onUnseen({ model, records: unseen.length, unreadFields: missing(unseen, fields) });
    yield* inOrder(seenRecords(model, source.records(model, fields, signal, selection), signal), unseen);
  }

  /** A model that the sync account may not read at all has nothing that it sees; any other refusal is a fault. */
  async function* seenRecords(
    model: string,
    pages: AsyncIterable<readonly OdooRecord[]>,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly OdooRecord[]> {
    try {
      yield* pages;
    } catch (error) {
      if (!isRefused(error) || (await unlessRefused(source.fields(model, signal))) !== null) throw error;
    }
  }

  function ownersOf(
    model: string,
    askable: readonly Askable[],
    signal?: AbortSignal,
    selection?: RecordSelection,
  ): Promise<Owners> {
    if (selection === undefined) return lists.listAnew(model, askable, signal);
    if (selection.writtenSince !== undefined) return lists.written(model, askable, signal);
    return findUnseen(model, source, askable, signal, selection);
  }

  async function unseenIds(
    model: string,
    signal?: AbortSignal,
    selection: RecordSelection = {},
    isAnew = false,
  ): Promise<readonly number[]> {
    if (isPolicyTable(model) || selection.writtenSince !== undefined) return [];
    const askable = await who.of(model, signal);
    if (askable.length === 0) return [];
    if (isAnew) return [...(await lists.listAnew(model, askable, signal)).keys()];
    const isById = Object.keys(selection.among ?? {}).every((field) => field === "id");
    const owners = await (isById
      ? lists.list(model, askable, signal)
      : findUnseen(model, source, askable, signal, selection));
    return [...owners.keys()].filter((id) => !isById || isSelected({ id }, selection));
  }

  /** The sync account's answer; where it is refused, `otherwise`, if there are people to ask. */
  async function orElse<T>(model: string, answer: Promise<T>, otherwise: T, signal?: AbortSignal): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!isRefused(error) || isPolicyTable(model) || (await who.of(model, signal)).length === 0) throw error;
      return otherwise;
    }
  }

  return {
    server: (signal) => source.server(signal),
    records,
    fields: async (model, signal) => {
      try {
        return await source.fields(model, signal);
      } catch (error) {
        if (!isRefused(error) || isPolicyTable(model)) throw error;
        const described = await describedByPeople(model, await who.of(model, signal), signal);
        if (described === null) throw error;
        return described;
      }
    },
    ids: async (model, signal, selection) => {
      const unseen = await unseenIds(model, signal, selection, selection === undefined);
      const seen = await (unseen.length === 0
        ? source.ids(model, signal, selection)
        : orElse(model, source.ids(model, signal, selection), [], signal));
      return unseen.length === 0 ? seen : [...new Set([...seen, ...unseen])].sort((left, right) => left - right);
    },
    count: async (model, signal, selection) => {
      const unseen = await unseenIds(model, signal, selection);
      return (await orElse(model, source.count(model, signal, selection), 0, signal)) + unseen.length;
    },
    extent: async (model, signal) => {
      if (isPolicyTable(model)) return source.extent(model, signal);
      const unseen = await unseenIds(model, signal);
      const { count, lastWritten } = await orElse(model, source.extent(model, signal), NOTHING, signal);
      // Of the unseen ones it is not told here: `records` with `writtenSince` does.
      return unseen.length === 0 ? { count, lastWritten } : { count: count + unseen.length, lastWritten: null };
    },
    values: async (model, field, signal) => {
      const seen = await orElse(model, source.values(model, field, signal), [], signal);
      const askable = isPolicyTable(model) ? [] : await who.of(model, signal);
      if (askable.length === 0) return seen;
      const unseen = await readUnseen(model, [field], await lists.list(model, askable, signal), signal);
      const texts = unseen.map((record) => record[field]).filter((value) => typeof value === "string" && value !== "");
      return [...new Set([...seen, ...texts.map(String)])].sort();
    },
    externalIds: (model, ids, signal) => source.externalIds(model, ids, signal),
    attachment: async (id, signal) => {
      try {
        return await source.attachment(id, signal);
      } catch (error) {
        if (!isRefused(error)) throw error;
        const content = await attachmentOfPeople(id, await who.of("ir.attachment", signal), signal);
        if (content === null) throw error;
        return content;
      }
    },
    close: async () => {
      await Promise.all([sync, ...people].map((account) => account.source.close()));
    },
  };
}

/** Odoo's own tables (`ir.…`) are of the same kind, apart from the files that people attach. */
function isPolicyTable(model: string): boolean {
  return Object.hasOwn(POLICY_FIELDS, model) || (model.startsWith("ir.") && model !== "ir.attachment");
}

async function describedByPeople(
  model: string,
  people: readonly Askable[],
  signal?: AbortSignal,
): Promise<Readonly<Record<string, FieldDescription>> | null> {
  const described: Record<string, FieldDescription> = {};
  for (const { person } of people) Object.assign(described, await unlessRefused(person.source.fields(model, signal)));
  return Object.keys(described).length === 0 ? null : described;
}

async function attachmentOfPeople(
  id: number,
  people: readonly Askable[],
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  for (const { person } of people) {
    const content = await unlessRefused(person.source.attachment(id, signal));
    if (content !== null) return content;
  }
  return null;
}

/** Both in ascending id; what has come into the sync account's sight meanwhile is given once. */
async function* inOrder(
  pages: AsyncIterable<readonly OdooRecord[]>,
  unseen: readonly OdooRecord[],
): AsyncGenerator<readonly OdooRecord[]> {
  let waiting = unseen;
  for await (const page of pages) {
    const last = page.at(-1)?.id ?? 0;
    const seen = new Set(page.map(({ id }) => id));
    const before = waiting.filter(({ id }) => id <= last && !seen.has(id));
    waiting = waiting.filter(({ id }) => id > last);
    yield before.length === 0 ? page : [...page, ...before].sort((left, right) => left.id - right.id);
  }
  if (waiting.length > 0) yield waiting;
}

function missing(records: readonly OdooRecord[], fields: readonly string[]): readonly string[] {
  return fields.filter((field) => records.some((record) => record[field] === undefined)).sort();
}
