import { openDatabase } from "../../infra/db/open-database.ts";
import { ingestSource } from "../../ingest/ingest-source.ts";
import { markdownParser } from "../../ingest/parsers/markdown.ts";
import { openFolder } from "../../ingest/sources/folder.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "./bag-of-words-embedder.ts";
import { silentLog } from "./silent-log.ts";

// A process of its own for tests that kill it: ingests a folder of Markdown and says on standard output how far it is.
const [folder = "", dataDirectory = "", dimensions = "8"] = process.argv.slice(2);
const { database } = await openDatabase({ dataDirectory }, { dimensions: Number(dimensions) });
const source = openFolder(folder, "folder:test", {
  parser: markdownParser,
  policy: inventedPolicy(),
  maximumBytes: 1_000_000,
});
const embedder = bagOfWordsEmbedder(Number(dimensions), 5);
const report = await ingestSource(
  source,
  { ingested: database.ingested, embedder, log: silentLog },
  { onProgress: ({ unchanged, written }) => process.stdout.write(`done ${unchanged} ${written}\n`) },
);
process.stdout.write(`report ${JSON.stringify(report)}\n`);
await database.close();
