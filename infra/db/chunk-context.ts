import type { ChunkContext, ChunkContextKind } from "./port.ts";
import { type SQL, sql } from "./sql.ts";

/** UTF-16 units: the most text that comes with a chunk, itself included; a chunk that is longer comes alone. */
export const CONTEXT_CHARACTERS = 4_000;

/** A chunk of the same part, by its place. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly headings: readonly string[];
}

/** What a statement reads beside a chunk: the text around it and the chunks that lie in it, in order. */
export interface ContextRow {
  readonly around_text: string;
  /** Where `around_text` begins in the part's text, UTF-16 units. */
  readonly around_start: number;
  readonly around_spans: readonly Span[];
}

/** The columns of a `ContextRow`. */
export const CONTEXT_COLUMNS = sql`around.around_text, around.around_start, around.around_spans`;

/**
 * To be joined where `part` and `chunk` are: only the chunk's own part is looked at, which has one access. Postgres counts code points and
 * spans are of UTF-16 units, so text that holds characters beyond the basic plane is read from its start and cut here.
 */
export function contextJoin(): SQL {
  const from = sql`greatest(chunk.start - ${CONTEXT_CHARACTERS}::integer, 0)`;
  const until = sql`chunk."end" + ${CONTEXT_CHARACTERS}::integer`;
  return sql`cross join lateral (
      select left(part.text, ${until}) as head offset 0
    ) as reaching cross join lateral (
      select case when reaching.head ~ ${BEYOND_BASIC_PLANE} then 0 else ${from} end as around_start
    ) as beginning cross join lateral (
      select beginning.around_start, substr(reaching.head, beginning.around_start + 1) as around_text, (
        select jsonb_agg(jsonb_build_object('start', near.start, 'end', near."end", 'headings', near.headings) order by near.start, near."end")
        from chunks near where near.document_id = chunk.document_id and near.part = chunk.part and near.start between ${from} and ${until}
      ) as around_spans
    ) as around`;
}

const BEYOND_BASIC_PLANE = "[\\U00010000-\\U0010ffff]";

/** The chunk with what stands around it, or the chunk alone where nothing does. `text` is the part's text from `start` to `end`, exactly. */
export function chunkContext(
  chunk: Span & { readonly text: string },
  row: ContextRow,
  kind: ChunkContextKind,
): ChunkContext {
  const { around_text: text, around_start: offset, around_spans: spans } = row;
  const at = spans.findIndex(({ start, end }) => start === chunk.start && end === chunk.end);
  const { headings, ...wanted } = kind === "neighbours" ? neighbours(chunk, spans, at) : section(chunk, spans, at);
  const span = bounded(wanted, chunk, (start, end) => text.slice(start - offset, end - offset));
  const found = text.slice(span.start - offset, span.end - offset);
  const isExact = found.slice(chunk.start - span.start, chunk.end - span.start) === chunk.text;
  return isExact
    ? { ...span, text: found, headings }
    : { start: chunk.start, end: chunk.end, text: chunk.text, headings: chunk.headings };
}

function neighbours(chunk: Span, spans: readonly Span[], at: number): Span {
  return {
    start: spans[at - 1]?.start ?? chunk.start,
    end: Math.max(chunk.end, spans[at + 1]?.end ?? 0),
    headings: chunk.headings,
  };
}

/** The innermost section that holds more than the chunk: the chunks beside it that lie under the same headings, sections within included. */
function section(chunk: Span, spans: readonly Span[], at: number): Span {
  for (let depth = chunk.headings.length; depth >= 0; depth--) {
    const headings = chunk.headings.slice(0, depth);
    const isWithin = (span: Span | undefined) =>
      span !== undefined && headings.every((title, level) => span.headings[level] === title);
    let [first, last] = [at, at];
    while (isWithin(spans[first - 1])) first -= 1;
    while (isWithin(spans[last + 1])) last += 1;
    if (first < last)
      return { start: spans[first]?.start ?? chunk.start, end: spans[last]?.end ?? chunk.end, headings };
  }
  return chunk;
}

/** As much of the span as may come: the chunk whole, and on both sides of it what is left, cut between two words. */
function bounded(
  { start, end }: Omit<Span, "headings">,
  chunk: Span,
  textOf: (start: number, end: number) => string,
): Omit<Span, "headings"> {
  const spare = CONTEXT_CHARACTERS - (chunk.end - chunk.start);
  if (end - start <= CONTEXT_CHARACTERS) return { start, end };
  if (spare <= 0) return { start: chunk.start, end: chunk.end };
  const [before, after] = [chunk.start - start, end - chunk.end];
  const half = Math.floor(spare / 2);
  const kept = Math.min(before, Math.max(half, spare - after));
  const lead = textOf(chunk.start - kept, chunk.start);
  const trail = textOf(chunk.end, chunk.end + Math.min(after, spare - kept));
  return {
    start: kept === before ? start : chunk.start - lead.length + firstWord(lead),
    end: chunk.end + (trail.length === after ? after : lastWord(trail)),
  };
}

/** Where the first whole word begins; at the end where none does. */
function firstWord(text: string): number {
  const found = /\s\S/u.exec(text);
  return found === null ? text.length : found.index + 1;
}

/** Where the last whole word ends; at the start where none does. */
function lastWord(text: string): number {
  return text.replace(/(?:^|\s+)\S*$/u, "").length;
}
