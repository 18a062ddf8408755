import type { z } from "zod";
import type * as schemas from "../../schemas.ts";

/** What the server answers, derived from its schemas. Types only: no validation code reaches the browser. */
export type Answer = z.infer<typeof schemas.answerResponse>;
export type Citation = z.infer<typeof schemas.citation>;
export type Rationale = z.infer<typeof schemas.rationaleResponse>;
export type SourceDocument = z.infer<typeof schemas.documentResponse>;
export type WaitingOrder = z.infer<typeof schemas.approvalsResponse>["orders"][number];
export type Session = z.infer<typeof schemas.sessionResponse>;
export type Sample = z.infer<typeof schemas.sampleResponse>;
export type SearchResult = z.infer<typeof schemas.searchResponse>;

/** One cited sentence, or one line of a rationale. */
export type CitedLine = Rationale["summary"];
export type ClauseFinding = Rationale["clauses"][number];

/** A sentence as the stream brings it, with the whole of its citations. */
export interface StreamedStatement {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** A span that the source panel can open: a citation or a search hit. */
export type SourceSpan = Pick<Citation, "documentId" | "title" | "kind" | "part" | "start" | "end" | "page">;
