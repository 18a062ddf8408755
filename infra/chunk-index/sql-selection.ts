import { arrayLiteral, storableJson } from "../db/storable.ts";
import { type SQL, joinSql, sql } from "../db/sql.ts";
import type { ChunkSelection } from "./port.ts";

/** The ids of the admitted sets of access attributes: a subquery that Postgres runs once and then probes as a hash. */
export const ALLOWED = sql`(select id from allowed)`;

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
  ];
  return sql`${documentId} in (select document.id from documents document where ${joinSql(conditions, sql` and `)})`;
}

function among(column: SQL, values: readonly string[] | undefined): SQL[] {
  return values === undefined ? [] : [sql`${column} = any(${arrayLiteral(values)}::text[])`];
}
