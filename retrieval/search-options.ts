import type { FeedbackOptions } from "./feedback.ts";

/** What can be switched in the search path. `npm run eval -- ablations` measures each switch; see `eval/README.md`. */
export interface SearchOptions {
  /** 0 to 1: what the vector list counts beside the keyword list. At 0 and 1 the other list is not asked at all. */
  readonly vectorWeight: number;
  /** Whether and how the best hits of a first search add words to a second; null: one search alone. */
  readonly feedback: FeedbackOptions | null;
}

/** What pays on the development collections together and hurts none of them noticeably. */
export const DEFAULT_SEARCH_OPTIONS: SearchOptions = {
  vectorWeight: 0.5,
  feedback: { among: 300, chunks: 10, terms: 10, weight: 0.2 },
};
