import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { AdmittedSets } from "./admitted-sets.ts";
import { guarded } from "./database-error.ts";
import { sql } from "./sql.ts";

/** What a search can be narrowed to and find something: of documents of which the reader may read some part. */
export interface ReadableVocabulary {
  readonly sources: readonly string[];
  readonly models: readonly string[];
  readonly kinds: readonly string[];
}

/**
 * Reads all of it, whatever is asked for, so that neither the answer nor its time tells a hidden kind or source from one that is not there.
 * Errors: `database`.
 */
export function readableVocabulary(sets: AdmittedSets): (filter: AccessFilter) => Promise<ReadableVocabulary> {
  return (filter) =>
    guarded("database", async () => {
      const rows = await sets.query<{ source: string; model: string; kind: string }>(
        filter,
        (allowed) => sql`
        select distinct source, model, kind from documents
        where id in (select document_id from document_parts where access_id in (${allowed}))`,
      );
      return {
        sources: distinct(rows.map(({ source }) => source)),
        models: distinct(rows.map(({ model }) => model)),
        kinds: distinct(rows.map(({ kind }) => kind)),
      };
    });
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
