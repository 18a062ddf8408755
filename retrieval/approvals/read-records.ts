import type { PartSelection, ReadableDocuments } from "../../infra/db/port.ts";
import type { Reader } from "../reader.ts";
import { type RecordView, recordViews } from "./record-view.ts";

/** Records that bear on an approval are at most so many: a supplier's receipts of a year, not a warehouse's. */
const MOST = 2000;

/** Reads records as one reader may read them. */
export type ReadRecords = (selection: Omit<PartSelection, "limit">) => Promise<readonly RecordView[]>;

export function recordReader(readable: ReadableDocuments, reader: Reader, signal?: AbortSignal): ReadRecords {
  return async (selection) => {
    const views = recordViews(await readable.parts({ ...selection, limit: MOST }, reader.filter, signal));
    // Documents are selected by what their lines state as well; what is asked for is a statement of the record itself.
    return views.filter((view) => (selection.facts ?? []).every(({ name, value }) => view.fact(name)?.value === value));
  };
}
