import { createHash } from "node:crypto";

import type { AccessExpression, AccessFilter } from "../../permissions/access-filter.ts";

/** A filter without a planner, for tests of what filters do. Nothing outside `test/` may make one. */
export function filterOf(expression: AccessExpression, epoch = "test"): AccessFilter {
  const hash = createHash("sha256").update(JSON.stringify(expression)).digest("hex");
  return { expression, hash, epoch, day: "2026-11-20" } as AccessFilter;
}

export const EVERYTHING = filterOf({ kind: "always" });
export const NOTHING = filterOf({ kind: "never" });
