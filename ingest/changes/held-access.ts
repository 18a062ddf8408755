import { itemKey } from "../../infra/document.ts";
import type { DocumentAccess } from "../../infra/db/port.ts";
import type { SourceItem } from "../sources/port.ts";

/**
 * The access that held documents must be given: an item's own document and what is attached to it (`<key>#…`), which has the access of
 * the item's only part. What is attached may be held before the item's own document is.
 */
export function heldAccess(items: readonly SourceItem[], heldKeys: Iterable<string>): readonly DocumentAccess[] {
  const byItem = Map.groupBy(heldKeys, itemKey);
  return items.flatMap(({ key: item, access = [] }) => (byItem.get(item) ?? []).map((key) => ({ key, parts: access })));
}
