/** How what we admit of a model differs from what Odoo shows, for one person and choice of companies. */
export interface RecordDifference {
  /** Admitted by one of the gates, not shown by Odoo. */
  readonly over: readonly number[];
  /** Shown by Odoo, and refused by one of the gates. */
  readonly under: readonly number[];
}

/** `shown` null: Odoo refuses the model. Each gate (the evaluator, every index) must agree with Odoo by itself. */
export function compareRecords(
  shown: ReadonlySet<number> | null,
  ...gates: readonly ReadonlySet<number>[]
): RecordDifference {
  const expected = [...(shown ?? [])];
  const admitted = [...new Set(gates.flatMap((gate) => [...gate]))];
  return {
    over: ascending(admitted.filter((id) => shown?.has(id) !== true)),
    under: ascending(expected.filter((id) => gates.some((gate) => !gate.has(id)))),
  };
}

function ascending(ids: readonly number[]): readonly number[] {
  return ids.toSorted((left, right) => left - right);
}
