import { accessIds } from "./access-sets.ts";
import type { Connection } from "./connection.ts";
import { moveAccess } from "./move-access.ts";
import type { DocumentAccess } from "./port.ts";
import { storable, storableJson } from "./storable.ts";

/** See `IngestedDocuments.updateAccess`. */
export async function updateAccess(
  { client }: Connection,
  source: string,
  documents: readonly DocumentAccess[],
): Promise<void> {
  if (documents.length === 0) return;
  await client.begin(async (transaction) => {
    const accessId = await accessIds(
      transaction,
      documents.flatMap(({ parts }) => parts.map(({ access }) => access)),
    );
    const keys = storableJson(documents.map(({ key }) => key));
    const rows = storableJson(
      documents.flatMap(({ key, parts }) =>
        parts.map((part) => ({ key, part: part.key, access_id: accessId(part.access) })),
      ),
    );
    // A writer of one of them is waited for: what it wrote is brought up to date as well.
    await transaction`
      select id from documents where source = ${storable(source)}
        and key in (select jsonb_array_elements_text(${keys}::text::jsonb)) order by id for update`;
    await transaction`
      delete from document_parts part using documents document
      where document.id = part.document_id and document.source = ${storable(source)}
        and document.key in (select jsonb_array_elements_text(${keys}::text::jsonb))
        and not exists (
          select 1 from jsonb_to_recordset(${rows}::text::jsonb) as wanted(key text, part text)
          where wanted.key = document.key and wanted.part = part.key)`;
    const wanted = transaction`
      select document.id as document_id, stated.part as key, stated.access_id
      from jsonb_to_recordset(${rows}::text::jsonb) as stated(key text, part text, access_id integer)
      join documents document on document.source = ${storable(source)} and document.key = stated.key`;
    await moveAccess(transaction, wanted);
  });
}
