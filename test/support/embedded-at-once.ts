import type { Database } from "../../infra/db/port.ts";
import type { Embedder } from "../../infra/models/port.ts";
import { embedDocuments } from "../../ingest/embed-documents.ts";
import type { IngestTools } from "../../ingest/ingest-source.ts";
import { oneEmbedder } from "./one-embedder.ts";
import { silentLog } from "./silent-log.ts";

interface EmbeddedTools extends Pick<Database, "ingested" | "vectors"> {
  readonly embedder: Embedder;
}

/** Tools that embed what is written before they go on. */
export function embeddedAtOnce({ ingested, vectors, embedder }: EmbeddedTools): IngestTools {
  return {
    ingested,
    log: silentLog,
    embed: async (documents, signal) => {
      await embedDocuments(
        documents.map(({ id }) => id),
        { vectors, embedders: oneEmbedder(embedder) },
        signal,
      );
    },
  };
}
