import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";

/** Rows that are written between two looks: so many, or this share of all. One takes a tenth of a second or so. */
const ROWS = 1_000;
const SHARE = 0.25;

/**
 * Keeps the planner of the embedded database told how large its tables are while a first ingestion fills them: it has no process in the
 * background that would, and plans made for empty tables read whole ones for each row (over 20,000 documents, sharing vectors took up to forty
 * times the processor time). To be told of rows that were written; a server looks after itself. Errors: `database`.
 */
export function freshStatistics({ client, embedded }: Connection): (rows: number) => Promise<void> {
  let written = 0;
  let next = ROWS;
  return async (rows) => {
    if (!embedded) return;
    written += rows;
    if (written < next) return;
    next = written + Math.max(ROWS, SHARE * written);
    await guarded("database", () => client`analyze`);
  };
}
