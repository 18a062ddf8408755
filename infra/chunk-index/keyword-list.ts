import { type SQL, joinSql, rawSql, sql } from "../db/sql.ts";
import { arrayLiteral } from "../db/storable.ts";
import { type Holders, chooseHolders } from "./choose-holders.ts";
import { type KeywordSample, isSampled } from "./keyword-sample.ts";
import type { ChunkQuery } from "./port.ts";
import { ALLOWED, READABLE, selected } from "./sql-selection.ts";
import type { weightedTermIds } from "./terms.ts";

/** BM25 as Robertson and Zaragoza give it; the usual values. */
export const K1 = 1.2;
export const B = 0.75;

type WeightedIds = ReturnType<typeof weightedTermIds>;

/**
 * Exact BM25, as subqueries of which the last is `keyword_list`. The number of chunks, their average length and how many hold a term are all
 * taken over readable chunks, whatever the selection: what the reader cannot see moves no score, and narrowing a search does not change
 * what its words are worth.
 * One column for each term, so that a chunk stays one row: 20,000 candidates of six common words take a third of what grouping takes, 1,000
 * candidates of fifteen words two thirds.
 */
export function keywordList(terms: WeightedIds, { selection, limit }: ChunkQuery): SQL {
  const columns = columnsOf(terms);
  const each = (column: (names: Column) => SQL, separator: SQL) => joinSql(columns.map(column), separator);
  return sql`
    corpus as materialized (
      select count(*)::float8 as chunks, greatest(avg(length), 1)::float8 as average_length from chunks where access_id in ${ALLOWED}
    ),
    hits as materialized (
      select id, document_id, ${saturation(sql`average_length`)} as saturation, ${frequencies(columns)}
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
      select 'keyword' as list, id as chunk_id, ${score(columns)} as score
      from hits cross join weights
      where ${selected(sql`document_id`, selection)}
      order by score desc, id collate "C" limit ${limit}::integer
    )`;
}

/**
 * The same where a sample was taken because many chunks are readable: the statistics are the sample's, and only chunks that hold what the best
 * hold together are scored (`chooseHolders`), so that it takes hardly longer in a million chunks than in a hundred thousand. One look into the
 * index for each group, since the planner takes the disjunction of many for a reason to read the whole table.
 */
export function sampledKeywordList(terms: WeightedIds, sample: KeywordSample, { selection, limit }: ChunkQuery): SQL {
  const weighed = terms.map(({ weight }, position) => {
    const holding = sample.holding[position] ?? 0;
    const rarity = Math.log(1 + (Math.max(sample.chunks - holding, 0) + 0.5) / (holding + 0.5));
    return { worth: weight * rarity, holding };
  });
  const holders = chooseHolders(weighed, sample.combinations, sample);
  const columns = columnsOf(terms);
  const found = [false, true].flatMap((isOfSample) => {
    const groups = holders.filter(({ isSampled: only }) => only === isOfSample);
    const among = isOfSample ? sql`${isSampled(sample.rate)} and ${READABLE}` : READABLE;
    return groups.length === 0
      ? []
      : [placesOf(groups, terms, sql`${among} and ${selected(sql`document_id`, selection)}`)];
  });
  return sql`
    hits as materialized (
      select id, ${saturation(sql`${sample.averageLength}::float8`)} as saturation, ${frequencies(columns)}
      from chunks where ctid = any(array(${joinSql(found, sql` union `)}))
    ),
    keyword_list as (
      select 'keyword' as list, id as chunk_id,
        ${score(columns.map(({ frequency }, position) => ({ frequency, weight: sql`${weighed[position]?.worth ?? 0}::float8` })))} as score
      from hits order by score desc, id collate "C" limit ${limit}::integer
    )`;
}

/** Where the chunks lie that hold all terms of a group, repeats included. */
function placesOf(groups: readonly Holders[], terms: WeightedIds, condition: SQL): SQL {
  const ids = groups.map((group) => arrayLiteral(group.terms.flatMap((term) => terms[term]?.id ?? [])));
  return sql`
    select place from unnest(${arrayLiteral(ids)}::text[]) as held(together) cross join lateral (
      select ctid as place from chunks where terms @> together::integer[] and ${condition} offset 0
    ) as chunk`;
}

interface Column {
  readonly term: SQL;
  readonly times: SQL;
  readonly frequency: SQL;
  readonly weight: SQL;
}

function columnsOf(terms: WeightedIds): readonly Column[] {
  return terms.map(({ id, weight }, position) => ({
    term: sql`${id}::integer`,
    times: sql`${weight}::float8`,
    frequency: rawSql(`frequency_${position}`),
    weight: rawSql(`weight_${position}`),
  }));
}

function frequencies(columns: readonly Column[]): SQL {
  const one = ({ term, frequency }: Column) =>
    sql`coalesce(frequencies[array_position(terms, ${term})], 0)::float8 as ${frequency}`;
  return joinSql(columns.map(one), sql`, `);
}

function saturation(averageLength: SQL): SQL {
  return sql`${K1}::float8 * (1 - ${B}::float8 + ${B}::float8 * length / ${averageLength})`;
}

function score(columns: readonly Pick<Column, "frequency" | "weight">[]): SQL {
  const one = ({ frequency, weight }: Pick<Column, "frequency" | "weight">) =>
    sql`${weight} * ${frequency} * ${K1 + 1}::float8 / (${frequency} + saturation)`;
  return joinSql(columns.map(one), sql` + `);
}
