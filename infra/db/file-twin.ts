import type { Fact } from "../document.ts";
import type { Connection } from "./connection.ts";
import type { FileTwin } from "./port.ts";
import { storable } from "./storable.ts";

interface Row extends Pick<FileTwin, "text" | "spans"> {
  readonly facts: readonly Fact[];
  readonly origin: FileTwin["origin"];
}

/** See `IngestedDocuments.twin`. One statement, so that text and spans are of one version. */
export async function fileTwin({ client }: Connection, fileKey: string): Promise<FileTwin | null> {
  const [row] = await client<Row[]>`
    select part.text, part.facts, part.file || jsonb_build_object('key', part.file_key) as origin, (
      select coalesce(jsonb_agg(jsonb_build_object('start', chunk.start, 'end', chunk."end", 'page', chunk.page,
        'headings', chunk.headings) order by chunk.start), '[]')
      from chunks chunk where chunk.document_id = part.document_id and chunk.part = part.key
    ) as spans
    from document_parts part where part.file_key = ${storable(fileKey)} limit 1`;
  if (row === undefined) return null;
  return { ...row, facts: row.facts.slice(row.facts.length - row.origin.facts) };
}
