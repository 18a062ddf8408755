/** When a document is in force, as a reader should know it: `expired 2026-01-31`, `in force from 2027-01-01`; null where nothing need be said. */
export function termText(
  effective: string | null,
  expires: string | null,
  today = new Date().toISOString().slice(0, 10),
): string | null {
  if (expires !== null && expires < today) return `expired ${expires}`;
  return effective !== null && effective > today ? `in force from ${effective}` : null;
}
