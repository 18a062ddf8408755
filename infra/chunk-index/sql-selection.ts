import { arrayLiteral, storable, storableJson } from "../db/storable.ts";
import { type SQL, joinSql, sql } from "../db/sql.ts";
import type { ChunkSelection } from "./port.ts";

/** The ids of the admitted sets of access attributes: a subquery that Postgres runs once and then probes as a hash. */
export const ALLOWED = sql`(select id from allowed)`;
/** `is true` keeps the planner from beginning with the sets, of which there may be as many as chunks: one look-up each took seconds. */
export const READABLE = sql`(access_id in ${ALLOWED}) is true`;

/** Whether the selection takes anything away. */
export function isNarrow(selection: ChunkSelection | undefined): boolean {
  return Object.values(selection ?? {}).some((values) => values !== undefined);
}

/** The selection as a condition on a document's id. */
export function selected(documentId: SQL, selection: ChunkSelection | undefined): SQL {
  if (selection === undefined || !isNarrow(selection)) return sql`true`;
  const conditions = [
    ...among(sql`document.model`, selection.models),
    ...among(sql`document.source`, selection.sources),
    ...among(sql`document.kind`, selection.kinds),
    ...among(sql`document.id`, selection.documentIds),
    ...(selection.labels === undefined
      ? []
      : [sql`document.metadata @> ${storableJson({ labels: selection.labels })}::jsonb`]),
    ...(selection.records === undefined ? [] : [isOneOf(selection.records)]),
    ...(selection.days === undefined ? [] : [liesIn(selection.days)]),
  ];
  return sql`${documentId} in (select document.id from documents document where ${joinSql(conditions, sql` and `)})`;
}

function isOneOf(records: NonNullable<ChunkSelection["records"]>): SQL {
  const each = records.map(
    ({ model, ids }) =>
      sql`(document.model = ${storable(model)} and document.record_id = any(${arrayLiteral(ids)}::integer[]))`,
  );
  return each.length === 0 ? sql`false` : sql`(${joinSql(each, sql` or `)})`;
}

/** A day that stands in a part counts for those who may read that part: a hidden one must not be found out by narrowing. */
function liesIn({ from, until }: NonNullable<ChunkSelection["days"]>): SQL {
  const day = sql`coalesce(part.day, document.metadata ->> 'effective') collate "C"`;
  const bounds = [
    ...(from === undefined ? [] : [sql`${day} >= ${from}::text`]),
    ...(until === undefined ? [] : [sql`${day} <= ${until}::text`]),
  ];
  return sql`exists (
    select from document_parts part where part.document_id = document.id and part.access_id in ${ALLOWED} and ${joinSql([sql`${day} is not null`, ...bounds], sql` and `)})`;
}

function among(column: SQL, values: readonly string[] | undefined): SQL[] {
  return values === undefined ? [] : [sql`${column} = any(${arrayLiteral(values)}::text[])`];
}
