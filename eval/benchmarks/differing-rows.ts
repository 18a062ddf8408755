import type { StoredRows } from "../../infra/db/stored-rows.ts";

/** What differs between two readings, in words: rows that are in one and not in the other, by table. Empty: nothing. */
export function differingRows(before: StoredRows, after: StoredRows): string {
  return [...before]
    .flatMap(([table, rows]) => {
      const [held, found] = [new Set(rows), new Set(after.get(table))];
      const gone = [...held].filter((row) => !found.has(row)).length;
      const added = [...found].filter((row) => !held.has(row)).length;
      return gone + added === 0 ? [] : [`${table}: ${gone} gone, ${added} new`];
    })
    .join("; ");
}

export function countedRows(rows: StoredRows): string {
  return [...rows].map(([table, some]) => `${some.length} ${table}`).join(", ");
}
