import { GroundworkError } from "../../infra/errors.ts";
import type { ReadRecords } from "./read-records.ts";
import type { RecordView } from "./record-view.ts";

export const ORDER_MODEL = "purchase.order";

/**
 * The purchase order of that name, vendor reference or id. One that the reader may not read and one that is not there are the same
 * `not-found`.
 */
export async function findOrder(order: string, read: ReadRecords): Promise<RecordView> {
  const wanted = order.trim();
  const selections = [
    { facts: [{ name: "name", value: wanted.toUpperCase() }] },
    { facts: [{ name: "partner_ref", value: wanted }] },
    ...(/^\d{1,9}$/.test(wanted) ? [{ recordIds: [Number(wanted)] }] : []),
  ];
  for (const selection of selections) {
    const [found] = await read({ model: ORDER_MODEL, ...selection });
    if (found !== undefined) return found;
  }
  throw new GroundworkError(
    "not-found",
    "No such purchase order among those you may read. Check its name or vendor reference.",
  );
}
