import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { DocumentInspection, InspectedDocument, InspectedPart } from "./port.ts";
import { arrayLiteral, storable, storableJson } from "./storable.ts";
import { type SQL, execute, sql } from "./sql.ts";

/** Facts that a person calls a record by. */
const NAMING_FACTS = ["name", "partner_ref", "ref", "reference", "default_code", "client_order_ref"];

export function documentInspection({ client }: Connection): DocumentInspection {
  const read = async (condition: SQL, limit: number): Promise<readonly InspectedDocument[]> =>
    (
      await execute<InspectedRow>(
        client,
        sql`
        select document.id, document.source, document.key, document.kind, document.title, document.model, document.record_id, (
          select coalesce(jsonb_agg(jsonb_build_object('part', part.key, 'textHash', part.text_hash, 'attributes', access.attributes)
            order by part.key collate "C"), '[]'::jsonb)
          from document_parts part join access_sets access on access.id = part.access_id
          where part.document_id = document.id
        ) as parts
        from documents document where ${condition}
        order by document.key collate "C", document.id collate "C" limit ${limit}::integer`,
      )
    ).map(inspectedDocument);
  return {
    byId: (documentIds) =>
      guarded("database", async () => {
        const found = await read(sql`document.id = any(${arrayLiteral(documentIds)}::text[])`, documentIds.length);
        const byId = new Map(found.map((document) => [document.documentId, document]));
        return [...new Set(documentIds)].flatMap((id) => byId.get(id) ?? []);
      }),
    named: (reference, limit) =>
      guarded("database", async () => {
        for (const condition of namings(storable(reference.trim()))) {
          const found = await read(condition, limit);
          if (found.length > 0) return found;
        }
        return [];
      }),
  };
}

interface InspectedRow extends Record<string, unknown> {
  readonly id: string;
  readonly source: string;
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  readonly model: string;
  readonly record_id: number | null;
  readonly parts: readonly InspectedPart[];
}

/** The most certain first. */
function namings(reference: string): readonly SQL[] {
  return [
    sql`(document.id = ${reference} or document.key = ${reference})`,
    sql`right(document.key, length(${reference}::text) + 1) = '/' || ${reference}::text and document.model = 'file'`,
    statesFact([reference, reference.toUpperCase()]),
    sql`lower(document.title) = lower(${reference}::text)`,
    sql`lower(document.metadata ->> 'reference') = lower(${reference}::text)`,
  ];
}

/** Of the record itself: its lines have names of their own. */
function statesFact(values: readonly string[]): SQL {
  const wanted = NAMING_FACTS.flatMap((name) => [...new Set(values)].map((value) => ({ name, value })));
  return sql`document.id in (
    select part.document_id
    from jsonb_array_elements(${storableJson(wanted)}::text::jsonb) as wanted(fact)
      join document_parts part on part.facts @> jsonb_build_array(wanted.fact)
    where exists (
      select 1 from jsonb_array_elements(part.facts) as stated(fact)
      where stated.fact @> wanted.fact and not stated.fact ? 'line'))`;
}

function inspectedDocument({ id, record_id, ...row }: InspectedRow): InspectedDocument {
  const { source, key, kind, title, model, parts } = row;
  return { documentId: id, source, key, kind, title, model, recordId: record_id, parts };
}
