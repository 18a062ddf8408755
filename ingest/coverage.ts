import type { Database } from "../infra/db/port.ts";
import { isRefused } from "../infra/odoo/unless-refused.ts";
import { ATTACHMENT_MODEL } from "./catalogue.ts";
import { cataloguedEntries } from "./catalogued-entries.ts";
import { type OdooRecords, type OdooRecordsTools, openOdooRecords } from "./sources/odoo-records.ts";

/** How much of a model is held; all numbers are records. What Odoo has is held, failed, empty, waiting or not looked into. */
export interface ModelCoverage {
  readonly model: string;
  /** As many as Odoo has for the accounts that are read with; null where `refusal` says why. */
  readonly inOdoo: number | null;
  readonly held: number;
  /** Not held, for a recorded reason. */
  readonly failed: number;
  /** Not held, for no field of theirs has anything that somebody may see. */
  readonly empty: number;
  /** Not held yet. */
  readonly waiting: number;
  /** Not held, and not looked into: only the first thousand are. */
  readonly unexplained: number;
  /** Held, and not in Odoo any more. */
  readonly gone: number;
  readonly refusal: string | null;
}

type CoverageTools = OdooRecordsTools & Pick<Database, "ingested">;

/** Looking into one means reading it. */
const MOST_EXAMINED = 1_000;
const NO_DIFFERENCE = { failed: 0, empty: 0, waiting: 0, unexplained: 0, gone: 0, refusal: null };

/**
 * Holds what is in Odoo against what is held of it, model by model: a count each, and the ids of those that differ. Errors: those of the
 * source, but that a model that it refuses is reported; `database`.
 */
export async function readCoverage(tools: CoverageTools, signal?: AbortSignal): Promise<readonly ModelCoverage[]> {
  const { odoo, policy, ingested } = tools;
  const records = await openOdooRecords(tools, signal);
  const failed = new Set((await ingested.failed(records.name)).keys());
  const states = await ingested.states(records.name);
  // What a file holds itself (`<key>#…`) is no record.
  const held = Map.groupBy(
    [...states.keys()].filter((key) => !key.includes("#")),
    modelOf,
  );
  const models = [...cataloguedEntries(policy).map(({ model }) => model), ATTACHMENT_MODEL];
  const found: ModelCoverage[] = [];
  for (const model of models.filter((each) => Object.hasOwn(policy.models, each)).toSorted()) {
    const keys = new Set(held.get(model));
    const base = { model, held: keys.size };
    try {
      const inOdoo = await odoo.count(model, signal);
      const isWhole = inOdoo === keys.size && ![...failed].some((key) => modelOf(key) === model);
      found.push({
        ...base,
        inOdoo,
        ...NO_DIFFERENCE,
        ...(isWhole ? {} : await compare(model, keys, failed, tools, records, signal)),
      });
    } catch (error) {
      if (!isRefused(error)) throw error;
      found.push({ ...base, inOdoo: null, ...NO_DIFFERENCE, refusal: error.message });
    }
  }
  return found;
}

async function compare(
  model: string,
  held: ReadonlySet<string>,
  failed: ReadonlySet<string>,
  { odoo }: CoverageTools,
  records: OdooRecords,
  signal?: AbortSignal,
): Promise<Partial<ModelCoverage>> {
  const ids = await odoo.ids(model, signal);
  const there = new Set(ids.map((id) => `${model}/${id}`));
  const missing = ids.filter((id) => !held.has(`${model}/${id}`));
  const untold = missing.filter((id) => !failed.has(`${model}/${id}`));
  const examined = untold.slice(0, MOST_EXAMINED);
  let waiting = 0;
  for await (const _item of records.changed(new Map([[model, new Set(examined)]]), signal)) waiting += 1;
  return {
    inOdoo: ids.length,
    failed: missing.length - untold.length,
    empty: examined.length - waiting,
    waiting,
    unexplained: untold.length - examined.length,
    gone: [...held].filter((key) => !there.has(key)).length,
  };
}

/** Of a record's key, `purchase.order/12`. */
function modelOf(key: string): string {
  return key.split("/", 1)[0] ?? key;
}
