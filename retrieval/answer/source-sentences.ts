import type { CitableSpan } from "../citation.ts";
import type { Hit } from "../search.ts";
import { sentences } from "../sentences.ts";

/** A sentence of a hit, as it may be cited. */
export interface SourceSentence extends CitableSpan {
  /** Titles of document and sections around it: what the sentence is about when it does not say so itself. */
  readonly context: string;
}

/** The sentences of the hits, with their spans in the document's part. */
export function sourceSentences(hits: readonly Hit[]): readonly SourceSentence[] {
  return hits.flatMap(({ chunk }) =>
    sentences(chunk.text).map((sentence) => ({
      document: chunk.document,
      part: chunk.part,
      start: chunk.start + sentence.start,
      end: chunk.start + sentence.end,
      page: chunk.page,
      quote: sentence.text,
      context: [chunk.document.title, ...chunk.headings].join(" — "),
    })),
  );
}
