import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { Connection } from "../db/connection.ts";
import { guarded, unlessCancelled } from "../db/database-error.ts";
import { arrayLiteral, storableJson, vectorLiteral } from "../db/storable.ts";
import type { Candidate, Candidates, ChunkIndex, ChunkQuery, ChunkSelection } from "./port.ts";
import { sqlAccessFilter } from "./sql-access-filter.ts";
import { questionTerms, weightedTermIds } from "./terms.ts";
import { type SQL, execute, joinSql, rawSql, sql } from "../db/sql.ts";

/** BM25 as Robertson and Zaragoza give it; the usual values. */
const K1 = 1.2;
const B = 0.75;
/** Up to here every readable vector is compared; beyond, the graph is walked (see `maintain.ts` for when there is one). */
const EXACT_UP_TO = 20_000;

interface VectorSpace {
  readonly dimensions: number;
  /** How many readable vectors are compared one by one. */
  readonly exactUpTo: number;
}

interface CandidateRow extends Record<string, unknown> {
  readonly list: "keyword" | "vector";
  readonly chunk_id: string;
  readonly score: number;
}

/** The index over the database's own tables: nothing to keep in step, and one statement answers both lists. */
export function pgvectorIndex(connection: Connection, dimensions: number, exactUpTo = EXACT_UP_TO): ChunkIndex {
  return {
    search: (query, filter, signal) =>
      guarded("index", () =>
        unlessCancelled(signal, () => search(connection, { dimensions, exactUpTo }, query, filter)),
      ),
  };
}

async function search(
  { client }: Connection,
  space: VectorSpace,
  query: ChunkQuery,
  filter: AccessFilter,
): Promise<Candidates> {
  const terms = weightedTermIds([...questionTerms(query.text), ...(query.expansion ?? [])]);
  const lists = [
    ...(terms.length === 0 ? [] : [keywordList(terms, query)]),
    ...(query.vector === null ? [] : [vectorList(query.vector, space, query)]),
  ];
  if (lists.length === 0 || query.limit <= 0) return { keyword: [], vector: [] };
  const rows = await execute<CandidateRow>(
    client,
    sql`
    with allowed as materialized (
      select id from access_sets access where (${sqlAccessFilter(filter.expression, sql`access.attributes`)}) is true
    ), ${joinSql(lists, sql`, `)}
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

function best(rows: readonly CandidateRow[], list: CandidateRow["list"]): Candidate[] {
  return rows
    .filter((row) => row.list === list)
    .map((row) => ({ chunkId: row.chunk_id, score: row.score }))
    .sort((left, right) => right.score - left.score || (left.chunkId < right.chunkId ? -1 : 1));
}

/** A subquery that Postgres runs once and then probes as a hash. */
const ALLOWED = sql`(select id from allowed)`;

/**
 * Exact BM25. The number of chunks, their average length and how many hold a term are all taken over readable chunks, whatever the
 * selection: what the reader cannot see moves no score, and narrowing a search does not change what its words are worth.
 * One column for each term, so that a chunk stays one row: 20,000 candidates of six common words take a third of what grouping takes.
 */
function keywordList(terms: ReturnType<typeof weightedTermIds>, { selection, limit }: ChunkQuery): SQL {
  const columns = terms.map(({ id, weight }, position) => ({
    term: sql`${id}::integer`,
    times: sql`${weight}::float8`,
    frequency: rawSql(`frequency_${position}`),
    weight: rawSql(`weight_${position}`),
  }));
  const each = (column: (names: (typeof columns)[number]) => SQL, separator: SQL) =>
    joinSql(columns.map(column), separator);
  return sql`
    corpus as materialized (
      select count(*)::float8 as chunks, greatest(avg(length), 1)::float8 as average_length from chunks where access_id in ${ALLOWED}
    ),
    hits as materialized (
      select id, document_id, ${K1}::float8 * (1 - ${B}::float8 + ${B}::float8 * length / average_length) as saturation,
        ${each(({ term, frequency }) => sql`coalesce(frequencies[array_position(terms, ${term})], 0)::float8 as ${frequency}`, sql`, `)}
      from chunks cross join corpus
      where terms && ${arrayLiteral(terms.map(({ id }) => id))}::integer[] and access_id in ${ALLOWED}
    ),
    weights as materialized (
      select ${each(
        ({ frequency, weight, times }) =>
          sql`${times} * ln(1 + (corpus.chunks - holding_${frequency} + 0.5) / (holding_${frequency} + 0.5)) as ${weight}`,
        sql`, `,
      )}
      from corpus cross join (
        select ${each(({ frequency }) => sql`count(*) filter (where ${frequency} > 0) as holding_${frequency}`, sql`, `)} from hits
      ) as counted
    ),
    keyword_list as (
      select 'keyword' as list, id as chunk_id,
        ${each(({ frequency, weight }) => sql`${weight} * ${frequency} * ${K1 + 1}::float8 / (${frequency} + saturation)`, sql` + `)} as score
      from hits cross join weights
      where ${selected(sql`document_id`, selection)}
      order by score desc, id collate "C" limit ${limit}::integer
    )`;
}

/**
 * Cosine. A graph that is filtered afterwards misses most of what a reader with few rights may see, so the readable vectors are counted
 * first: few are compared exactly, one by one; many are found by walking the graph until enough readable ones have come.
 * Only the branch whose condition on the count holds is executed. `is true` keeps the planner from turning the probe of the walk into a join,
 * which would fetch and sort every readable vector: with 10,000 sets of access attributes that took ten times as long.
 */
function vectorList(vector: Float32Array, space: VectorSpace, { selection, limit }: ChunkQuery): SQL {
  const length = rawSql(String(Math.trunc(space.dimensions)));
  const distance = sql`embedding::vector(${length}) <=> ${vectorLiteral(vector)}::vector(${length})`;
  const narrowed = isNarrow(selection)
    ? sql`chunk_id in (select chunk.id from chunks chunk where ${selected(sql`chunk.document_id`, selection)})`
    : sql`true`;
  const readable = sql`access_id in ${ALLOWED} and ${narrowed}`;
  return sql`
    readable as materialized (
      select count(*) as vectors from (select 1 from chunk_vectors where ${readable} limit ${space.exactUpTo + 1}) as counted
    ),
    compared as (
      select chunk_id, ${distance} as distance from chunk_vectors
      where ${readable} and (select vectors from readable) <= ${space.exactUpTo} order by (${distance}) + 0 limit ${limit}::integer
    ),
    walked as (
      select chunk_id, ${distance} as distance from chunk_vectors
      where (${readable}) is true and (select vectors from readable) > ${space.exactUpTo} order by ${distance} limit ${limit}::integer
    ),
    vector_list as (
      select 'vector' as list, chunk_id, 1 - distance as score from (select * from compared union all select * from walked) as found
    )`;
}

function isNarrow(selection: ChunkSelection | undefined): boolean {
  return Object.values(selection ?? {}).some((values) => values !== undefined);
}

function selected(documentId: SQL, selection: ChunkSelection | undefined): SQL {
  if (selection === undefined || !isNarrow(selection)) return sql`true`;
  const conditions = [
    ...among(sql`document.model`, selection.models),
    ...among(sql`document.source`, selection.sources),
    ...among(sql`document.kind`, selection.kinds),
    ...among(sql`document.id`, selection.documentIds),
    ...(selection.labels === undefined
      ? []
      : [sql`document.metadata @> ${storableJson({ labels: selection.labels })}::jsonb`]),
  ];
  return sql`${documentId} in (select document.id from documents document where ${joinSql(conditions, sql` and `)})`;
}

function among(column: SQL, values: readonly string[] | undefined): SQL[] {
  return values === undefined ? [] : [sql`${column} = any(${arrayLiteral(values)}::text[])`];
}
