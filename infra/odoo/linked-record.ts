/** The id of a many2one as `read` gives it, `[id, name]`; null when it is unset. */
export function linkedId(value: unknown): number | null {
  return Array.isArray(value) && typeof value[0] === "number" ? value[0] : null;
}

/** The name of a many2one as `read` gives it; empty when it is unset. */
export function linkedName(value: unknown): string {
  return Array.isArray(value) && typeof value[1] === "string" ? value[1] : "";
}
