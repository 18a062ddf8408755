import type { AccessFilter } from "../../permissions/access-filter.ts";
import { type AdmittedSets, admittedSets } from "../db/admitted-sets.ts";
import type { Connection } from "../db/connection.ts";
import { guarded, unlessCancelled } from "../db/database-error.ts";
import { vectorLiteral } from "../db/storable.ts";
import { keywordList, sampledKeywordList } from "./keyword-list.ts";
import { type Sampling, type TakeKeywordSample, keywordSampler } from "./keyword-sample.ts";
import type { Candidate, Candidates, ChunkIndex, ChunkQuery, QuestionVector } from "./port.ts";
import { ALLOWED, isNarrow, selected } from "./sql-selection.ts";
import { questionTerms, weightedTermIds } from "./terms.ts";
import { type SQL, joinSql, rawSql, sql } from "../db/sql.ts";

/** Up to here every readable vector is compared; beyond, the graph is walked (see `maintain.ts` for when there is one). */
const EXACT_UP_TO = 20_000;

interface CandidateRow extends Record<string, unknown> {
  readonly list: "keyword" | "vector";
  readonly chunk_id: string;
  readonly score: number;
}

export interface PgvectorOptions {
  readonly exactUpTo?: number;
  readonly admitted?: AdmittedSets;
  /** Null: keywords are always counted, however many chunks are readable. */
  readonly sampling?: Sampling | null;
}

interface Searched {
  readonly exactUpTo: number;
  readonly admitted: AdmittedSets;
  readonly sample: TakeKeywordSample | null;
}

/**
 * The index over the database's own tables: nothing to keep in step, and one statement answers both lists; where many chunks are readable,
 * another before it takes a sample of them.
 */
export function pgvectorIndex(
  connection: Connection,
  { exactUpTo = EXACT_UP_TO, admitted = admittedSets(connection), sampling }: PgvectorOptions = {},
): ChunkIndex {
  const sample = sampling === null ? null : keywordSampler(connection, admitted, sampling);
  const searched = { exactUpTo, admitted, sample };
  return {
    search: (query, filter, signal) =>
      guarded("index", () => unlessCancelled(signal, () => search(searched, query, filter))),
  };
}

async function search(
  { admitted, exactUpTo, sample }: Searched,
  query: ChunkQuery,
  filter: AccessFilter,
): Promise<Candidates> {
  const terms = weightedTermIds([...questionTerms(query.text), ...(query.expansion ?? [])]);
  if (query.limit <= 0 || (terms.length === 0 && query.vector === null)) return { keyword: [], vector: [] };
  const lists = [
    ...(terms.length === 0 ? [] : [await keywords(terms, sample, query, filter)]),
    ...(query.vector === null ? [] : [vectorList(query.vector, exactUpTo, query)]),
  ];
  const rows = await admitted.query<CandidateRow>(
    filter,
    (allowed) => sql`
    with allowed as materialized (${allowed}), ${joinSql(lists, sql`, `)}
    ${joinSql(
      [
        ...(terms.length === 0 ? [] : [sql`select * from keyword_list`]),
        ...(query.vector === null ? [] : [sql`select * from vector_list`]),
      ],
      sql` union all `,
    )}`,
  );
  return { keyword: best(rows, "keyword"), vector: best(rows, "vector") };
}

async function keywords(
  terms: ReturnType<typeof weightedTermIds>,
  sample: Searched["sample"],
  query: ChunkQuery,
  filter: AccessFilter,
): Promise<SQL> {
  const ids = terms.map(({ id }) => id);
  const sampled = sample === null ? null : await sample(filter, ids, query.selection);
  return sampled === null ? keywordList(terms, query) : sampledKeywordList(terms, sampled, query);
}

function best(rows: readonly CandidateRow[], list: CandidateRow["list"]): Candidate[] {
  return rows
    .filter((row) => row.list === list)
    .map((row) => ({ chunkId: row.chunk_id, score: row.score }))
    .sort((left, right) => right.score - left.score || (left.chunkId < right.chunkId ? -1 : 1));
}

/**
 * Cosine. A graph that is filtered afterwards misses most of what a reader with few rights may see, so the readable vectors are counted
 * first: few are compared exactly, one by one; many are found by walking the graph until enough readable ones have come.
 * Only the branch whose condition on the count holds is executed. `is true` keeps the planner from turning the probe of the walk into a join,
 * which would fetch and sort every readable vector: with 10,000 sets of access attributes that took ten times as long.
 */
function vectorList({ space, values }: QuestionVector, exactUpTo: number, { selection, limit }: ChunkQuery): SQL {
  const length = rawSql(String(Math.trunc(space.dimensions)));
  // Spelt out, so that the planner knows the graph of this space to fit.
  const inSpace = rawSql(`space_id = ${Math.trunc(space.id)}`);
  const distance = sql`embedding::vector(${length}) <=> ${vectorLiteral(values)}::vector(${length})`;
  const narrowed = isNarrow(selection)
    ? sql`chunk_id in (select chunk.id from chunks chunk where ${selected(sql`chunk.document_id`, selection)})`
    : sql`true`;
  const readable = sql`access_id in ${ALLOWED} and ${narrowed}`;
  return sql`
    readable as materialized (
      select count(*) as vectors from (select 1 from chunk_vectors where ${inSpace} and ${readable} limit ${exactUpTo + 1}) as counted
    ),
    compared as (
      select chunk_id, ${distance} as distance from chunk_vectors
      where ${inSpace} and ${readable} and (select vectors from readable) <= ${exactUpTo} order by (${distance}) + 0 limit ${limit}::integer
    ),
    walked as (
      select chunk_id, ${distance} as distance from chunk_vectors
      where ${inSpace} and (${readable}) is true and (select vectors from readable) > ${exactUpTo} order by ${distance} limit ${limit}::integer
    ),
    vector_list as (
      select 'vector' as list, chunk_id, 1 - distance as score from (select * from compared union all select * from walked) as found
    )`;
}
