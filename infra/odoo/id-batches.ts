/** Ids that one question to Odoo names. */
const BATCH = 500;

/** The ids in batches that one question can name. */
export function idBatches(ids: Iterable<number>, size = BATCH): readonly (readonly number[])[] {
  const all = [...ids];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
