import type { ReadablePart } from "../infra/db/port.ts";

/** The page of the original on which an offset of the part's text lies; null where there are no pages. */
export function pageAt({ spans }: ReadablePart, offset: number): number | null {
  return spans.findLast((span) => span.start <= offset)?.page ?? null;
}
