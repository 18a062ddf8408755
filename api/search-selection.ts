import { z } from "zod";
import type { ChunkSelection } from "../infra/chunk-index/port.ts";
import { catalogue } from "../ingest/catalogue.ts";
import { FILE_MODEL } from "../permissions/access-attributes.ts";
import type { Reader } from "../retrieval/reader.ts";
import type { searchFilters } from "./schemas.ts";
import type { Services } from "./services.ts";

type SearchFilters = z.output<z.ZodObject<typeof searchFilters>>;

/**
 * The filters of a request as a selection for the index, or undefined where it states none. Throws a `ZodError` that names each value that is
 * not known: models and kinds of the catalogue are known to everybody; other kinds, and sources, are known to whoever may read something of
 * them, so that what is hidden and what is not there are refused alike.
 */
export async function searchSelection(
  filters: SearchFilters,
  reader: Reader,
  { database }: Pick<Services, "database">,
): Promise<ChunkSelection | undefined> {
  const { sources, models, kinds, records, from, until } = filters;
  const issues = [
    ...unknownAmong("models", models ?? [], knownModels(reader)),
    ...unknownRecordModels(records ?? [], knownModels(reader)),
    ...(from !== undefined && until !== undefined && from > until ? [issue(["until"], "lies before `from`")] : []),
  ];
  const unusual = (kinds ?? []).some((kind) => !CATALOGUED_KINDS.has(kind));
  if (sources !== undefined || unusual) {
    const vocabulary = await database.vocabulary(reader.filter);
    issues.push(
      ...unknownAmong("sources", sources ?? [], new Set(vocabulary.sources)),
      ...unknownAmong("kinds", kinds ?? [], new Set([...vocabulary.kinds, ...CATALOGUED_KINDS])),
    );
  }
  if (issues.length > 0) throw new z.ZodError(issues);
  const days =
    from === undefined && until === undefined ? undefined : { ...(from && { from }), ...(until && { until }) };
  const selection = {
    ...(sources && { sources }),
    ...(models && { models }),
    ...(kinds && { kinds }),
    ...(records && { records }),
    ...(days && { days }),
  };
  return Object.keys(selection).length === 0 ? undefined : selection;
}

const CATALOGUED_KINDS: ReadonlySet<string> = new Set(catalogue.map(({ kind }) => kind));

function knownModels({ policy }: Reader): ReadonlySet<string> {
  return new Set([...catalogue.map(({ model }) => model), ...policy.ingestedModels, FILE_MODEL]);
}

function unknownAmong(name: string, stated: readonly string[], known: ReadonlySet<string>): z.core.$ZodIssue[] {
  return stated.flatMap((value, position) => (known.has(value) ? [] : [issue([name, position], "is not known")]));
}

function unknownRecordModels(
  records: readonly { readonly model: string }[],
  known: ReadonlySet<string>,
): z.core.$ZodIssue[] {
  return records.flatMap(({ model }, position) =>
    known.has(model) && model !== FILE_MODEL ? [] : [issue(["records", position, "model"], "is not known")],
  );
}

function issue(path: PropertyKey[], message: string): z.core.$ZodIssue {
  return { code: "custom", path, message, input: undefined };
}
