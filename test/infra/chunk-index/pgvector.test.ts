import { chunkIndexContract } from "../../contracts/chunk-index.ts";
import { onEveryDatabase } from "../../support/database-under-test.ts";
import { emptyCorpus } from "../../support/test-database.ts";
import { writeEmbedded } from "../../support/test-document.ts";

onEveryDatabase((name, open) => {
  chunkIndexContract(`pgvector on ${name}`, async () => {
    const opened = await open();
    const { database, index } = opened;
    return {
      index,
      discard: () => opened.discard(),
      write: (document, vectors) => writeEmbedded(database, document, vectors),
      empty: () => emptyCorpus(database),
      async remove(documentId) {
        // In these documents the key is the id.
        for (const { source } of await database.ingested.counts()) await database.ingested.remove(source, [documentId]);
      },
    };
  });
});
