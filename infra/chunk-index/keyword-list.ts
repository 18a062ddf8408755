import { arrayLiteral } from "../db/storable.ts";
import { type SQL, joinSql, rawSql, sql } from "../db/sql.ts";
import type { ChunkQuery } from "./port.ts";
import { ALLOWED, selected } from "./sql-selection.ts";
import type { weightedTermIds } from "./terms.ts";

/** BM25 as Robertson and Zaragoza give it; the usual values. */
const K1 = 1.2;
const B = 0.75;

type WeightedIds = ReturnType<typeof weightedTermIds>;

/**
 * Exact BM25, as subqueries of which the last is `keyword_list`. The number of chunks, their average length and how many hold a term are all
 * taken over readable chunks, whatever the selection: what the reader cannot see moves no score, and narrowing a search does not change
 * what its words are worth.
 * One column for each term, so that a chunk stays one row: 20,000 candidates of six common words take a third of what grouping takes, 1,000
 * candidates of fifteen words two thirds.
 */
export function keywordList(terms: WeightedIds, { selection, limit }: ChunkQuery): SQL {
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
