import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { AdmittedSets } from "../db/admitted-sets.ts";
import type { Connection } from "../db/connection.ts";
import { type SQL, execute, rawSql, sql } from "../db/sql.ts";
import { arrayLiteral } from "../db/storable.ts";
import type { Combination } from "./choose-holders.ts";
import type { ChunkSelection } from "./port.ts";
import { READABLE, selected } from "./sql-selection.ts";

export interface Sampling {
  /** One chunk in so many, powers of two, the sparsest first: the usual ones have indexes of their own (`chunks_sample_…` in the schema). */
  readonly rates: readonly number[];
  /** From so many readable chunks of a sample on it is used. */
  readonly enough: number;
  /** How many chunks may be scored, about. */
  readonly budget: number;
}

/** Of a term that a hundredth of the chunks hold, 4,000 of them tell the share within a sixth: its weight, a logarithm, within a thirtieth. */
export const SAMPLING: Sampling = { rates: [64, 16], enough: 4_000, budget: 6_000 };
/** Terms that a sample saw so often or less are counted in all chunks instead. */
const RARE = 30;
/** For how long a corpus is taken for as small as it was, milliseconds. */
const SMALL_MS = 60_000;

/** What a sample of the readable chunks tells about a question's terms. */
export interface KeywordSample {
  /** It is of one chunk in so many. */
  readonly rate: number;
  /** How many chunks are readable, about. */
  readonly chunks: number;
  /** Their average length in terms, about. */
  readonly averageLength: number;
  /** How many readable chunks hold each of the terms: counted for rare ones, about for the others. */
  readonly holding: readonly number[];
  /** Which of the terms the readable chunks of the selection hold together. */
  readonly combinations: readonly Combination[];
  /** How many chunks may be scored, about. */
  readonly budget: number;
}

/** Null where few chunks are readable: there, all of them are counted. Nothing in it depends on what the reader may not read. */
export type TakeKeywordSample = (
  filter: AccessFilter,
  terms: readonly number[],
  selection: ChunkSelection | undefined,
) => Promise<KeywordSample | null>;

interface SampleRow {
  /** Position from 1 on of a rare term; null in other rows. */
  readonly term: number | null;
  /** Positions of terms that are held together; null in other rows. */
  readonly held: string | null;
  readonly chunks: number;
  /** Of a combination, the chunks within the selection; of the whole sample, the average length. */
  readonly figure: number;
}

/** Errors: those of the driver. */
export function keywordSampler(
  connection: Connection,
  admitted: AdmittedSets,
  { rates, enough, budget }: Sampling = SAMPLING,
): TakeKeywordSample {
  let smallUntil = 0;

  async function isSmall(): Promise<boolean> {
    if (performance.now() < smallUntil) return true;
    const densest = Math.min(...rates);
    const [row] = await execute<{ sampled: number }>(
      connection.client,
      sql`select count(*)::integer as sampled from (select from chunks where ${isSampled(densest)} limit ${enough}) as counted`,
    );
    if ((row?.sampled ?? 0) >= enough) return false;
    smallUntil = performance.now() + SMALL_MS;
    return true;
  }

  return async (filter, terms, selection) => {
    if (await isSmall()) return null;
    let readable = Infinity;
    for (const rate of rates) {
      // A sparser sample has told that a denser one holds too few as well.
      if (readable < (rate * enough) / 2) return null;
      const rows = await admitted.query<SampleRow>(filter, (allowed) =>
        sampled(allowed, { rate, enough }, terms, selection),
      );
      const whole = rows.find(({ term, held }) => term === null && held === null);
      if (whole !== undefined && whole.chunks >= enough) return { ...read(rows, whole, terms.length, rate), budget };
      readable = (whole?.chunks ?? 0) * rate;
    }
    return null;
  };
}

/** By a hash of the id, so that a sample stays the same. The schema's partial indexes state the same condition. */
export function isSampled(rate: number): SQL {
  return rawSql(`(hashtext(id) & ${Math.trunc(rate) - 1}) = 0`);
}

function sampled(
  allowed: SQL,
  { rate, enough }: { readonly rate: number; readonly enough: number },
  terms: readonly number[],
  selection: ChunkSelection | undefined,
): SQL {
  const asked = sql`unnest(${arrayLiteral(terms)}::integer[]) with ordinality as asked(term, position)`;
  const isEnough = sql`(select chunks from whole) >= ${enough}`;
  return sql`
    with allowed as materialized (${allowed}),
    whole as materialized (
      select count(*)::integer as chunks, avg(length)::float8 as average_length from chunks where ${isSampled(rate)} and ${READABLE}
    ),
    held as materialized (
      select document_id, string_agg(position::text, ' ' order by position) as held
      from ${asked} cross join lateral (
        select ctid as place, document_id from chunks where ${isSampled(rate)} and terms @> array[term] and ${READABLE} offset 0
      ) as chunk
      where ${isEnough} group by place, document_id
    ),
    combinations as materialized (
      select held, count(*)::integer as chunks, (count(*) filter (where ${selected(sql`document_id`, selection)}))::float8 as figure
      from held group by held
    )
    select null::integer as term, null::text as held, chunks, average_length as figure from whole
    union all select null, held, chunks, figure from combinations
    union all
    select position::integer, null, (select count(*) from chunks where terms @> array[term] and ${READABLE})::integer, 0
    from ${asked}
    where ${isEnough} and coalesce((select sum(chunks) from combinations where position::text = any(string_to_array(held, ' '))), 0) <= ${RARE}`;
}

function read(
  rows: readonly SampleRow[],
  whole: SampleRow,
  terms: number,
  rate: number,
): Omit<KeywordSample, "budget"> {
  const holding = Array.from({ length: terms }, () => 0);
  const combinations: Combination[] = [];
  for (const { held, chunks, figure } of rows) {
    if (held === null) continue;
    const positions = held.split(" ").map((position) => Number(position) - 1);
    for (const position of positions) holding[position] = (holding[position] ?? 0) + chunks * rate;
    if (figure > 0) combinations.push({ terms: positions, chunks: figure * rate });
  }
  for (const { term, chunks } of rows) if (term !== null) holding[term - 1] = chunks;
  return { rate, chunks: whole.chunks * rate, averageLength: Math.max(whole.figure, 1), holding, combinations };
}
