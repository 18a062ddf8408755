/** How what we admit of a model differs from what Odoo shows, for one person and choice of companies. */
export interface RecordDifference {
  /** Admitted by the evaluator or by the index, not shown by Odoo. */
  readonly over: readonly number[];
  /** Shown by Odoo, and refused by the evaluator or by the index. */
  readonly under: readonly number[];
}

/** `shown` null: Odoo refuses the model. Each gate must agree with Odoo by itself. */
export function compareRecords(
  shown: ReadonlySet<number> | null,
  evaluated: ReadonlySet<number>,
  indexed: ReadonlySet<number>,
): RecordDifference {
  const expected = [...(shown ?? [])];
  const admitted = [...new Set([...evaluated, ...indexed])];
  return {
    over: ascending(admitted.filter((id) => shown?.has(id) !== true)),
    under: ascending(expected.filter((id) => !evaluated.has(id) || !indexed.has(id))),
  };
}

function ascending(ids: readonly number[]): readonly number[] {
  return ids.toSorted((left, right) => left - right);
}
