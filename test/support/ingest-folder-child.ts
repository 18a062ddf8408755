import { openDatabase } from "../../infra/db/open-database.ts";
import { embedDocuments } from "../../ingest/embed-documents.ts";
import { ingestSource } from "../../ingest/ingest-source.ts";
import { markdownParser } from "../../ingest/parsers/markdown.ts";
import { openFolder } from "../../ingest/sources/folder.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "./bag-of-words-embedder.ts";
import { firstSpaceOf } from "./test-database.ts";
import { oneEmbedder } from "./one-embedder.ts";
import { embeddedAtOnce } from "./embedded-at-once.ts";

// A process of its own for tests that kill it: ingests a folder of Markdown and says on standard output how far it is.
const [folder = "", dataDirectory = "", dimensions = "8"] = process.argv.slice(2);
const { database } = await openDatabase({ dataDirectory });
const space = await firstSpaceOf(database, Number(dimensions));
const source = openFolder(folder, "folder:test", {
  parser: markdownParser,
  policy: inventedPolicy(),
  maximumBytes: 1_000_000,
});
const embedder = bagOfWordsEmbedder(Number(dimensions), 5);
const report = await ingestSource(source, embeddedAtOnce({ ...database, embedder }), {
  onProgress: ({ unchanged, written }) => process.stdout.write(`done ${unchanged} ${written}\n`),
});
// What an earlier process wrote and did not get to embed.
const tools = { vectors: database.vectors, embedders: oneEmbedder(embedder) };
await embedDocuments(await database.vectors.documentsUnembedded(space, "", 10_000), tools);
process.stdout.write(`report ${JSON.stringify(report)}\n`);
await database.close();
