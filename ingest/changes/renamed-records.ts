import type { Changes } from "../../infra/odoo/change-reader.ts";
import { collectRecords } from "../../infra/odoo/collect-records.ts";
import { idBatches } from "../../infra/odoo/id-batches.ts";
import { linkedId } from "../../infra/odoo/linked-record.ts";
import type { OdooSource } from "../../infra/odoo/port.ts";
import { unlessRefused } from "../../infra/odoo/unless-refused.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { linkedNames } from "../records/linked-names.ts";
import { type RenderedLink, renderedLinks } from "./rendered-links.ts";

/** Records by model. */
export type FoundRecords = ReadonlyMap<string, ReadonlySet<number>>;

/** What became of the names that texts hold. */
export interface Renaming {
  /** What has another name now. */
  readonly renamed: FoundRecords;
  /** What shows it, or values of a record that was written. */
  readonly showing: FoundRecords;
}

/** How often models are looked at that are linked, but not followed for their own sake: users, stages, units and the like. */
const SELDOM_MS = 30_000;
/** Records that are read again at once for the sake of names; the others wait for the next look. */
const MOST_AT_ONCE = 2_000;

interface Standing {
  /** Of each model that is seldom looked at: how many records there were and when one was last written. */
  readonly extents: Map<string, string>;
  lookedAt: number;
  /** What is still to be read again. */
  readonly backlog: Map<string, Set<number>>;
}

const standings = new WeakMap<OdooSource, Standing>();

export interface RenamingTools {
  readonly odoo: OdooSource;
  readonly policy: PolicySnapshot;
  /** The models whose changes are told. */
  readonly watched: readonly string[];
}

/**
 * Finds what shows a record that was renamed: of records that were written and that texts name, Odoo is asked for the name, and where it is
 * another one, for the records that link there. Names follow from names (a contact's from its company's), so what is found is asked about
 * again. Errors: those of the source.
 */
export async function renamedRecords(
  changes: Changes,
  { odoo, policy, watched }: RenamingTools,
  signal?: AbortSignal,
): Promise<Renaming> {
  const standing = standings.get(odoo) ?? {
    extents: new Map(),
    lookedAt: Number.NEGATIVE_INFINITY,
    backlog: new Map(),
  };
  standings.set(odoo, standing);
  const links = renderedLinks(policy);
  const renamed = new Map<string, Set<number>>();
  let asked = await suspects(changes, links, { odoo, policy, watched }, standing, signal);
  for (const link of links.filter(({ showsValues }) => showsValues)) {
    const written = changes.get(link.to)?.written ?? [];
    add(standing.backlog, link.shownBy, await showing(link, [...written], odoo, signal));
  }
  while (asked.size > 0) {
    const found = await newNames(asked, odoo, signal);
    asked = new Map();
    for (const [model, ids] of found) {
      add(renamed, model, ids);
      for (const link of links.filter(({ to }) => to === model)) {
        const records = await showing(link, ids, odoo, signal);
        add(standing.backlog, link.shownBy, records);
        add(asked, link.shownBy, linkedNames(odoo).linked(link.shownBy, records));
      }
      for (const [heir, field] of heirsOf(model, links, policy)) {
        const records = await idsAmong(odoo, heir, field, ids, signal);
        add(asked, heir, linkedNames(odoo).linked(heir, records));
      }
    }
    for (const [model, ids] of renamed) for (const id of ids) asked.get(model)?.delete(id);
    for (const [model, ids] of asked) if (ids.size === 0) asked.delete(model);
  }
  return { renamed, showing: takeFrom(standing.backlog) };
}

/** Records that texts name and that may have another name now. */
async function suspects(
  changes: Changes,
  links: readonly RenderedLink[],
  { odoo, watched }: RenamingTools,
  standing: Standing,
  signal?: AbortSignal,
): Promise<Map<string, Set<number>>> {
  const names = linkedNames(odoo);
  const found = new Map<string, Set<number>>();
  const isTime = performance.now() - standing.lookedAt >= SELDOM_MS;
  if (isTime) standing.lookedAt = performance.now();
  for (const model of new Set(links.map(({ to }) => to))) {
    add(found, model, names.doubtful(model));
    add(found, model, names.linked(model, changes.get(model)?.written ?? []));
    const linked = isTime && !watched.includes(model) ? names.allLinked(model) : [];
    if (linked.length === 0) continue;
    const extent = JSON.stringify(await unlessRefused(odoo.extent(model, signal)));
    if (standing.extents.get(model) !== extent) add(found, model, linked);
    standing.extents.set(model, extent);
  }
  return found;
}

/** Those of them that texts may hold another name of. */
async function newNames(
  asked: FoundRecords,
  odoo: OdooSource,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  for (const [model, ids] of asked) {
    const renamed: number[] = [];
    for (const some of idBatches(ids)) {
      // A model that the account may not read: its names come with the records that link there, and wait for the next whole reading.
      const reading = collectRecords(odoo.records(model, ["display_name"], signal, { among: { id: some } }));
      for (const { id, display_name: name } of (await unlessRefused(reading)) ?? []) {
        if (typeof name === "string" && linkedNames(odoo).tell(model, id, name)) renamed.push(id);
      }
    }
    if (renamed.length > 0) found.set(model, renamed);
  }
  return found;
}

/** The records that show these through the link. */
async function showing(
  { bearer, field, lines }: RenderedLink,
  ids: readonly number[],
  odoo: OdooSource,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  if (lines === null) return idsAmong(odoo, bearer, field, ids, signal);
  const { parentField } = lines;
  const parents = new Set<number>();
  for (const some of idBatches(ids)) {
    const reading = collectRecords(odoo.records(bearer, [parentField], signal, { among: { [field]: some } }));
    for (const record of (await unlessRefused(reading)) ?? []) parents.add(linkedId(record[parentField]) ?? 0);
  }
  return [...parents].filter((id) => id > 0);
}

/** Linked models that have their name from records of this one, by `_inherits`. */
function heirsOf(
  model: string,
  links: readonly RenderedLink[],
  policy: PolicySnapshot,
): readonly (readonly [heir: string, field: string])[] {
  return [...new Set(links.map(({ to }) => to))].flatMap((heir) => {
    const field = policy.models[heir]?.inherits[model];
    return field === undefined ? [] : [[heir, field] as const];
  });
}

async function idsAmong(
  odoo: OdooSource,
  model: string,
  field: string,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const some of idBatches(ids)) {
    found.push(...((await unlessRefused(odoo.ids(model, signal, { among: { [field]: some } }))) ?? []));
  }
  return found;
}

function add(records: Map<string, Set<number>>, model: string, ids: Iterable<number>): void {
  const known = records.get(model) ?? new Set<number>();
  for (const id of ids) known.add(id);
  if (known.size > 0) records.set(model, known);
}

/** The first of what waits. */
function takeFrom(backlog: Map<string, Set<number>>): FoundRecords {
  const taken = new Map<string, Set<number>>();
  let left = MOST_AT_ONCE;
  for (const [model, ids] of backlog) {
    const some = [...ids].slice(0, left);
    for (const id of some) ids.delete(id);
    if (ids.size === 0) backlog.delete(model);
    if (some.length > 0) taken.set(model, new Set(some));
    left -= some.length;
  }
  return taken;
}
