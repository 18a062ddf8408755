/**
 * Text as Postgres can hold it: NUL and lone surrogates become U+FFFD, one for one, so that every span of UTF-16 offsets still holds.
 */
export function storable(text: string): string {
  return text.replaceAll("\u0000", "\uFFFD").toWellFormed();
}

/** JSON whose strings, keys included, are storable. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // JSON writes what cannot be stored as an escape; hardly any text has one.
  if (!/\\u(?:0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "string") return storable(inner);
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, held]) => [storable(key), held]));
  });
}

/** A one-dimensional array in Postgres' own notation, to be cast: `${arrayLiteral(ids)}::text[]`. */
export function arrayLiteral(values: readonly (string | number)[]): string {
  const elements = values.map((value) =>
    typeof value === "number" ? String(value) : `"${storable(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
  );
  return `{${elements.join(",")}}`;
}

/** So many digits name every 32-bit number exactly; written as a 64-bit one it takes twice as many. */
const DIGITS = 9;

/** A vector in pgvector's own notation, to be cast. */
export function vectorLiteral(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => value.toPrecision(DIGITS)).join(",")}]`;
}
