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
      const value = record[field];
      const held = linkedId(value) === null && Array.isArray(value) ? value : [linkedId(value) ?? value];
      return values.some((wanted) => held.includes(wanted));
    }) &&
    (writtenSince === undefined || instantOf(record["write_date"]) >= secondOf(writtenSince)) &&
    (idAfter === undefined || record.id > idAfter) &&
    (idUpTo === undefined || record.id <= idUpTo)
  );
}

/** Milliseconds of Odoo's text of an instant, which is UTC; NaN for anything else. */
export function instantOf(date: unknown): number {
  return typeof date === "string" ? Date.parse(`${date.replace(" ", "T")}Z`) : Number.NaN;
}

/** Odoo's instants have no fraction of a second. */
function secondOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000) * 1000;
}
