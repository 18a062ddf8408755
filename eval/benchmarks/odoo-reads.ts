import { POLICY_FIELDS } from "../../infra/odoo/policy-fields.ts";
import type { OdooSource, RecordSelection } from "../../infra/odoo/port.ts";
import { ATTACHMENT_MODEL } from "../../ingest/catalogue.ts";

export interface NarrowedOdoo extends OdooSource {
  /** The pages of records that were asked for so far, without those of the policy. */
  readonly reads: RecordedRead[];
}

interface RecordedRead {
  readonly model: string;
  readonly fields: readonly string[];
  readonly selection: RecordSelection | undefined;
  /** Ids that were read. */
  readonly ids: number[];
}

/** The first `limit` records of each model, without files unless they are wanted, and notes of what is read. */
export function narrowedOdoo(
  odoo: OdooSource,
  { limit, files }: { readonly limit: number; readonly files: boolean },
): NarrowedOdoo {
  const highest = new Map<string, number>();
  const reads: RecordedRead[] = [];
  return {
    ...odoo,
    reads,
    ids: async (model, signal, selection) => {
      if (model === ATTACHMENT_MODEL && !files) return [];
      if (!highest.has(model)) {
        const all = await odoo.ids(model, signal);
        highest.set(model, all[limit - 1] ?? Number.POSITIVE_INFINITY);
        if (selection === undefined) return all.slice(0, limit);
      }
      return (await odoo.ids(model, signal, selection)).filter((id) => id <= (highest.get(model) ?? 0));
    },
    async *records(model, fields, signal, selection) {
      // A small model is read without asking for its ids.
      if (model === ATTACHMENT_MODEL && !files) return;
      const read: RecordedRead = { model, fields, selection, ids: [] };
      if (!Object.hasOwn(POLICY_FIELDS, model)) reads.push(read);
      for await (const page of odoo.records(model, fields, signal, selection)) {
        for (const { id } of page) read.ids.push(id);
        yield page;
      }
    },
  };
}

/** Reads the same pages again, one after the other as ingestion does, and throws them away. */
export async function readAgain(odoo: OdooSource, reads: readonly RecordedRead[]): Promise<void> {
  for (const { model, fields, selection } of reads) {
    for await (const page of odoo.records(model, fields, undefined, selection)) void page;
  }
}

/** Different records of these models that were read. */
export function recordsRead(reads: readonly RecordedRead[], models: ReadonlySet<string>): number {
  const some = reads.filter(({ model }) => models.has(model));
  return new Set(some.flatMap(({ model, ids }) => ids.map((id) => `${model}/${id}`))).size;
}
