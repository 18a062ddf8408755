import { z } from "zod";
import type { SourceScope } from "../../infra/db/port.ts";

/**
 * What is done apart from each other, each with a queue of its own. `fetch` reads what a source lists and writes what is quickly read; `parse`
 * reads a file, `ocr` one whose text has to be recognised; `embed` gives written text its vectors. Writing is the end of the first three, one
 * transaction, and no stage: a queue of its own would store every text twice.
 */
export const STAGES = ["fetch", "parse", "ocr", "embed"] as const;
export type Stage = (typeof STAGES)[number];

const run = z.string().nullable();
const size = z.number().int();

const scope: z.ZodType<SourceScope> = z.union([
  z.literal("all"),
  z.strictObject({ keys: z.array(z.string()) }),
  z.strictObject({ model: z.string(), idAfter: z.number(), idUpTo: z.number().nullable() }),
]);

/** A scope of a source is brought up to date. `size`: items in it, about; `run`: the reading of everything that it belongs to. */
export const readingWork = z.strictObject({ source: z.string(), scope, run, size });
export type ReadingWork = z.infer<typeof readingWork>;

/** Documents get their vectors. `size`: their chunks. */
export const embeddingWork = z.strictObject({ source: z.string(), documents: z.array(z.string()), run, size });
export type EmbeddingWork = z.infer<typeof embeddingWork>;

/** What changed just now goes before what is read because everything is. */
export const URGENT = 10;

/** A name for the work that its failure is shown under; for one item it is the item's key. */
export function nameOf(scope: SourceScope): string {
  if (scope === "all") return "everything";
  if ("keys" in scope)
    return scope.keys.length === 1 ? (scope.keys[0] ?? "") : `${scope.keys.length} items from ${scope.keys[0]}`;
  return `${scope.model} ${scope.idAfter + 1}-${scope.idUpTo ?? ""}`;
}
