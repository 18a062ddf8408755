const DAY_MS = 86_400_000;

/** Whole days from one ISO date or Odoo datetime to another; negative when `to` lies before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((startOfDay(to) - startOfDay(from)) / DAY_MS);
}

/** Whether the day lies within so many days before `asOf`, that day included. */
export function isWithinDays(day: string, asOf: string, days: number): boolean {
  const age = daysBetween(day, asOf);
  return age >= 0 && age <= days;
}

function startOfDay(value: string): number {
  return Date.parse(`${value.slice(0, 10)}T00:00:00Z`);
}
