import { held } from "./planning-memory.ts";

const indexes = new WeakMap<readonly object[], ReadonlyMap<string, readonly object[]>>();

/** The rows about one model, in their order; the list is indexed once and must not change. */
export function rowsOfModel<Row extends { readonly model: string }>(
  rows: readonly Row[],
  model: string,
): readonly Row[] {
  const index = held(indexes, rows, () => Map.groupBy(rows, (row) => row.model));
  return (index.get(model) ?? []) as readonly Row[];
}
