/** A calendar day in UTC, such as `2026-01-31`. As text, days are in the order of time. */
export type IsoDay = string & { readonly [isoDay]: true };
declare const isoDay: unique symbol;

/** The day on which the moment falls in UTC. */
export function utcDay(moment: Date): IsoDay {
  return moment.toISOString().slice(0, 10) as IsoDay;
}

/** Whether the value is the text of a day that the calendar has, of the years 0000 to 9999. */
export function isIsoDay(value: unknown): value is IsoDay {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const moment = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && utcDay(moment) === value;
}
