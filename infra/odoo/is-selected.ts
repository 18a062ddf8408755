import { linkedId } from "./linked-record.ts";
import type { OdooRecord, RecordSelection } from "./port.ts";

/** The fields that a selection looks at, beside the id. */
export function selectingFields({ among = {}, writtenSince }: RecordSelection): readonly string[] {
  return [...Object.keys(among), ...(writtenSince === undefined ? [] : ["write_date"])];
}

/** Whether a record that carries the selecting fields is selected, as Odoo would select it. */
export function isSelected(record: OdooRecord, selection: RecordSelection): boolean {
  const { among = {}, writtenSince, idAfter, idUpTo } = selection;
  return (
    Object.entries(among).every(([field, values]) => {
      const value = linkedId(record[field]) ?? record[field];
      return values.some((wanted) => wanted === value);
    }) &&
    (writtenSince === undefined || Date.parse(`${String(record["write_date"])}Z`) >= secondOf(writtenSince)) &&
    (idAfter === undefined || record.id > idAfter) &&
    (idUpTo === undefined || record.id <= idUpTo)
  );
}

/** Odoo's instants have no fraction of a second. */
function secondOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000) * 1000;
}
