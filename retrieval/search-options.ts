import type { FeedbackOptions } from "./feedback.ts";
import type { LikenessOptions } from "./likeness-evidence.ts";
import type { NarrowingOptions } from "./narrow-question.ts";
import type { WindowOptions } from "./window-evidence.ts";

/** What can be switched in the search path. `npm run eval -- ablations` measures each switch; see `eval/README.md`. */
export interface SearchOptions {
  /** 0 to 1: what the vector list counts beside the keyword list. At 0 and 1 the other list is not asked at all. */
  readonly vectorWeight: number;
  /** Whether and how the best hits of a first search add words to a second; null: one search alone. */
  readonly feedback: FeedbackOptions | null;
  /** What all hits of a document count beside each hit's own score; 0: nothing. */
  readonly documentWeight: number;
  /** Whether and where the question's words close together count; null: nowhere. */
  readonly window: WindowOptions | null;
  /** What it counts, beside the score there was, how well the question's tokens are met one by one; 0: nothing. */
  readonly lateInteraction: number;
  /** Whether and when hits that are alike speak for each other; null: never. */
  readonly likeness: LikenessOptions | null;
  /** Whether and when passages of the title that is asked about are put in the order of what is asked of it; null: never. */
  readonly narrowing: NarrowingOptions | null;
}

/** What pays on the development collections together and hurts none of them noticeably. */
export const DEFAULT_SEARCH_OPTIONS: SearchOptions = {
  vectorWeight: 0.5,
  feedback: { among: 300, chunks: 10, terms: 10, weight: 0.2 },
  documentWeight: 0.2,
  window: { below: 300, length: 60, weight: 0.5 },
  lateInteraction: 1,
  likeness: { among: 300, nearest: 20, weight: 0.15 },
  narrowing: { foremost: 10, within: 3, beside: 10, share: 0.15, left: 8 },
};
