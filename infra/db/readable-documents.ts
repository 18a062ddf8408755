import { randomBytes } from "node:crypto";
import { type AccessAttributes, FILE_MODEL } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { sqlAccessFilter } from "../chunk-index/sql-access-filter.ts";
import type { DocumentMetadata, Fact } from "../document.ts";
import { CONTEXT_COLUMNS, type ContextRow, chunkContext, contextJoin } from "./chunk-context.ts";
import { type AdmittedSets, admittedSets } from "./admitted-sets.ts";
import type { Connection } from "./connection.ts";
import { guarded, unlessCancelled } from "./database-error.ts";
import type {
  ChunkContextKind,
  DocumentHead,
  PartSelection,
  ReadableChunk,
  ReadableDocuments,
  ReadablePart,
  Recheck,
} from "./port.ts";
import { arrayLiteral, storable, storableJson } from "./storable.ts";
import { type SQL, execute, joinSql, rawSql, sql } from "./sql.ts";
import { unembeddedAccess } from "./unembedded-access.ts";

export function readableDocuments(
  connection: Connection,
  sets: AdmittedSets = admittedSets(connection),
): ReadableDocuments {
  const lacksVectors = unembeddedAccess(connection, sets);
  return {
    chunks: (chunkIds, filter, signal, context) =>
      guarded("database", () => unlessCancelled(signal, () => readChunks(sets, chunkIds, filter, context ?? null))),
    superseding: (versions, filter, signal) =>
      guarded("database", () => unlessCancelled(signal, () => readSuperseding(sets, versions, filter))),
    parts: (selection, filter, signal) =>
      guarded("database", () => unlessCancelled(signal, () => readParts(connection, selection, filter))),
    lacksVectors: (filter, signal) => guarded("database", () => unlessCancelled(signal, () => lacksVectors(filter))),
  };
}

interface HeadRow extends Record<string, unknown> {
  readonly document_id: string;
  readonly source: string;
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  readonly model: string;
  readonly record_id: number | null;
  readonly url: string | null;
  readonly metadata: DocumentMetadata;
  readonly part: string;
  readonly text_hash: string;
  readonly access: AccessAttributes;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  readonly headings: readonly string[];
}

interface ChunkRow extends HeadRow, Span, Partial<ContextRow> {
  readonly chunk_id: string;
  readonly text: string;
}

interface PartRow extends HeadRow {
  readonly text: string;
  readonly facts: readonly Fact[];
  readonly spans: readonly Span[];
}

const HEAD = sql`document.id as document_id, document.source, document.key, document.kind, document.title, document.model,
  document.record_id, document.url, document.metadata, part.key as part, part.text_hash, access.attributes as access`;

/** Each part with the attributes it has now; the chunk's own copy of them decides nothing here. */
const PARTS = sql`documents document
  join document_parts part on part.document_id = document.id
  join access_sets access on access.id = part.access_id`;

/**
 * Whether a part is among the admitted, row by row: as a join, for which `is true` leaves no room, the planner may begin with all parts of all
 * admitted sets (ten chunks of a reader with 790 sets: 52 ms, and 3 ms by probing).
 */
function probed(allowed: SQL): SQL {
  return sql`(part.access_id in (${allowed})) is true`;
}

async function readChunks(
  sets: AdmittedSets,
  chunkIds: readonly string[],
  filter: AccessFilter,
  context: ChunkContextKind | null,
): Promise<readonly ReadableChunk[]> {
  if (chunkIds.length === 0) return [];
  const rows = await sets.query<ChunkRow>(
    filter,
    (allowed) => sql`
    select ${HEAD}, chunk.id as chunk_id, chunk.start, chunk."end", chunk.page, chunk.headings, chunk.text
      ${context === null ? sql`` : sql`, ${CONTEXT_COLUMNS}`}
    from ${PARTS} join chunks chunk on chunk.document_id = document.id and chunk.part = part.key
      ${context === null ? sql`` : contextJoin()}
    where chunk.id = any(${arrayLiteral(chunkIds)}::text[]) and ${probed(allowed)}`,
    { isSame: true },
  );
  const readable = new Map(
    rows
      .filter((row) => evaluateAccess(filter, row.access))
      .map((row) => [row.chunk_id, withContext(readableChunk(row), row, context)] as const),
  );
  return [...new Set(chunkIds)].flatMap((chunkId) => readable.get(chunkId) ?? []);
}

async function readSuperseding(
  sets: AdmittedSets,
  versions: readonly string[],
  filter: AccessFilter,
): Promise<readonly DocumentHead[]> {
  if (versions.length === 0) return [];
  const rows = await sets.query<HeadRow>(
    filter,
    (allowed) => sql`
    select ${HEAD} from ${PARTS}
    where document.metadata ->> 'supersedes' = any(${arrayLiteral(versions)}::text[]) and document.model = ${FILE_MODEL}
      and ${probed(allowed)}`,
    { isSame: true },
  );
  return rows.filter((row) => evaluateAccess(filter, row.access)).map(head);
}

async function readParts(
  { client }: Connection,
  selection: PartSelection,
  filter: AccessFilter,
): Promise<readonly ReadablePart[]> {
  const rows = await execute<PartRow>(
    client,
    sql`
    with ${allowedAmong(selection, filter)}, selected as (
      select document.id from documents document
      where ${CHECKED_FIRST} and document.id in (
        select document_id from candidates where is_match and access_id in (select id from allowed) group by document_id having ${statesAll(selection)}
      )
      order by document.key collate "C", document.id collate "C" limit ${selection.limit}::integer
    )
    select ${HEAD}, part.text, part.facts, (
      select coalesce(jsonb_agg(jsonb_build_object('start', chunk.start, 'end', chunk."end", 'page', chunk.page, 'headings', chunk.headings)
        order by chunk.start, chunk."end"), '[]'::jsonb)
      from chunks chunk where chunk.document_id = document.id and chunk.part = part.key
    ) as spans
    from ${PARTS}
    where document.id in (select id from selected) and part.access_id in (select id from allowed)
    order by document.key collate "C", document.id collate "C", part.key collate "C"`,
  );
  const readable = rows.filter((row) => evaluateAccess(filter, row.access));
  return stating(readable, selection).map(readablePart);
}

/** More sets of attributes than the parts of one record have. */
const SETS_CHECKED_AT_LEAST = 8;
/** Of no model: refused after every clause of a filter was tried, as what is hidden is. */
const NOBODY_S = storableJson({ model: [""], requires: [], readers: [], companies: [], from: [], until: [] });

/** Always true. Postgres computes `allowed` when it is asked for, and without a candidate nothing else would ask. */
const CHECKED_FIRST = sql`(select count(*) from allowed) >= 0`;

/**
 * `candidates`: the parts of what is selected, readable or not. `allowed`: those of their sets of attributes that the filter admits.
 * Where nothing is there, any one document is walked in its stead, and the filter is evaluated over as many sets, one of nobody's filling up
 * the number: or else the time of an answer would tell what is hidden from what is absent (`npm run bench -- hidden`).
 * The filter stands in the statement once only, for planning it costs more than running it.
 */
function allowedAmong(selection: PartSelection, filter: AccessFilter): SQL {
  const { facts = [] } = selection;
  return sql`matched as materialized (
      select document.id from documents document where ${joinSql(conditions(selection), sql` and `)}
    ), walked as materialized (
      select id, true as is_match from matched
      union all (
        select id, false from documents where id >= ${randomBytes(12).toString("hex")}
        order by id limit greatest(0, 1 - (select count(*) from matched))
      )
    ), candidates as materialized (
      select walked.id as document_id, is_match, part.access_id${joinSql(
        facts.map((fact, position) => sql`, part.facts @> ${stated(fact)}::jsonb as ${statement(position)}`),
        sql``,
      )}
      from walked join document_parts part on part.document_id = walked.id
    ), checked as materialized (
      select id, attributes from access_sets where id in (select access_id from candidates)
      union all
      select null, ${NOBODY_S}::jsonb
      from generate_series(1, ${SETS_CHECKED_AT_LEAST}::bigint - (select count(distinct access_id) from candidates))
    ), allowed as materialized (
      select id from checked as access
      where ${admitted(filter)}
    )`;
}

/** What is asked of a document itself. What its parts state is asked of any of them here, and of the readable ones by `statesAll`. */
function conditions({ documentIds, model, recordIds, kind, title, facts = [] }: PartSelection): SQL[] {
  const found = [sql`true`];
  if (documentIds !== undefined) found.push(sql`document.id = any(${arrayLiteral(documentIds)}::text[])`);
  if (model !== undefined) found.push(sql`document.model = ${storable(model)}`);
  if (recordIds !== undefined) found.push(sql`document.record_id = any(${arrayLiteral(recordIds)}::integer[])`);
  if (kind !== undefined) found.push(sql`document.kind = ${storable(kind)}`);
  if (title !== undefined) found.push(sql`document.title = ${storable(title)}`);
  for (const fact of facts) {
    found.push(sql`document.id in (select document_id from document_parts where facts @> ${stated(fact)}::jsonb)`);
  }
  return found;
}

/** A document is selected by what its readable parts state and by nothing else: even that it exists is told by them alone. */
function statesAll({ facts = [] }: PartSelection): SQL {
  return joinSql([sql`true`, ...facts.map((_, position) => sql`bool_or(${statement(position)})`)], sql` and `);
}

function statement(position: number): SQL {
  return rawSql(`states_${position}`);
}

function stated({ name, value }: NonNullable<PartSelection["facts"]>[number]): string {
  return storableJson([{ name, value }]);
}

/** The recheck of facts: only documents whose readable parts do state each of them. */
function stating(rows: readonly PartRow[], { facts = [] }: PartSelection): readonly PartRow[] {
  if (facts.length === 0) return rows;
  const byDocument = Map.groupBy(rows, (row) => row.document_id);
  const states = (wanted: { readonly name: string; readonly value: unknown }) => (row: PartRow) =>
    row.facts.some((fact) => fact.name === wanted.name && fact.value === wanted.value);
  return rows.filter((row) => facts.every((fact) => byDocument.get(row.document_id)?.some(states(fact))));
}

function admitted(filter: AccessFilter): SQL {
  return sql`(${sqlAccessFilter(filter.expression, sql`access.attributes`)}) is true`;
}

function head(row: HeadRow): DocumentHead {
  return {
    documentId: row.document_id,
    source: row.source,
    key: row.key,
    kind: row.kind,
    title: row.title,
    model: row.model,
    recordId: row.record_id,
    url: row.url,
    metadata: row.metadata,
  };
}

function recheck(row: HeadRow): Recheck {
  return { textHash: row.text_hash, attributes: row.access };
}

function readableChunk(row: ChunkRow): ReadableChunk {
  const { start, end, page, headings, text, part } = row;
  return {
    chunkId: row.chunk_id,
    document: head(row),
    part,
    start,
    end,
    page,
    headings,
    text,
    recheck: recheck(row),
  };
}

function withContext(chunk: ReadableChunk, row: ChunkRow, kind: ChunkContextKind | null): ReadableChunk {
  if (kind === null) return chunk;
  const { around_text = "", around_start = 0, around_spans = [] } = row;
  return { ...chunk, context: chunkContext(chunk, { around_text, around_start, around_spans }, kind) };
}

function readablePart(row: PartRow): ReadablePart {
  const { part, text, facts, spans } = row;
  return { document: head(row), part, text, facts, spans, recheck: recheck(row) };
}
