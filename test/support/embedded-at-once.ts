import { type EmbedTools, embedDocuments } from "../../ingest/embed-documents.ts";
import type { IngestTools } from "../../ingest/ingest-source.ts";
import { silentLog } from "./silent-log.ts";

/** Tools that embed what is written before they go on. */
export function embeddedAtOnce({ ingested, embedder }: EmbedTools): IngestTools {
  return {
    ingested,
    log: silentLog,
    embed: async (documents, signal) => {
      await embedDocuments(
        documents.map(({ id }) => id),
        { ingested, embedder },
        signal,
      );
    },
  };
}
