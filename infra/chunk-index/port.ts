import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { VectorSpace } from "../db/vector-spaces.ts";
import type { QuestionToken } from "../models/port.ts";
import type { WeightedTerm } from "./terms.ts";

/** What narrows a search beyond what the reader may see; it can only ever take away. */
export interface ChunkSelection {
  /** Odoo models, or `file`. */
  readonly models?: readonly string[];
  readonly sources?: readonly string[];
  readonly kinds?: readonly string[];
  readonly documentIds?: readonly string[];
  /** Labels of the document (`DocumentMetadata.labels`, `name=value`): it must carry every one of them. */
  readonly labels?: readonly string[];
  /** Odoo records: any of these. */
  readonly records?: readonly { readonly model: string; readonly ids: readonly number[] }[];
  /**
   * First and last ISO day, both inclusive, of which one suffices: of an Odoo record the day that its facts state (`stated_day` in the
   * migrations: order date, invoice date, start, …), of a file the day from which it is effective. What has no day that the reader may read is
   * taken away.
   */
  readonly days?: { readonly from?: string; readonly until?: string };
}

/** A question as a vector, compared with the vectors of the same embedder alone. */
export interface QuestionVector {
  readonly space: VectorSpace;
  readonly values: Float32Array;
  /** What its tokens mean, to be compared with tokens of the same space alone; absent: the embedder does not tell. */
  readonly tokens?: readonly QuestionToken[];
}

export interface ChunkQuery {
  /** The question as keywords: the index takes its `questionTerms`, which stem, drop stop words, keep identifiers whole and weigh. */
  readonly text: string;
  /** Null searches by keyword alone. */
  readonly vector: QuestionVector | null;
  /** Terms beside those of `text`, as `terms` makes them, each with its weight; a term of both counts with the sum. */
  readonly expansion?: readonly WeightedTerm[];
  readonly selection?: ChunkSelection;
  /** How many candidates each of the two lists may hold. */
  readonly limit: number;
}

export interface Candidate {
  readonly chunkId: string;
  /** BM25 with each term's part times its weight for the keyword list, cosine for the vector list: comparable within one list only. */
  readonly score: number;
}

export interface Candidates {
  readonly keyword: readonly Candidate[];
  readonly vector: readonly Candidate[];
  /** Why another index than the configured one answered; absent when it did not. */
  readonly degraded?: string;
}

/**
 * The searchable copy of chunks. Both lists hold only chunks that `filter` admits, best first, decided inside the index.
 * It does not promise freshness: readers recheck every hit against the database. Term statistics count readable chunks only, so
 * that a hidden document never moves a score. Errors: `index` (retryable), `cancelled`.
 */
export interface ChunkIndex {
  search(query: ChunkQuery, filter: AccessFilter, signal?: AbortSignal): Promise<Candidates>;
}
