import type { SearchOptions } from "../../retrieval/search-options.ts";
import { progressLine } from "../progress-line.ts";
import { corpusReader } from "./corpus-reader.ts";
import type { OpenCorpus } from "./open-corpus.ts";
import { rankDocuments } from "./rank-documents.ts";
import type { Query } from "./read-collection.ts";
import type { RankedDocument } from "./score-run.ts";

/** Questions that are under way at once: while one searches, another is embedded. */
const CONCURRENT = 4;

/** The rankings by query id, in the order of the queries. Errors: those of `search`. */
export async function rankAll(
  queries: readonly Query[],
  { resources, login }: Pick<OpenCorpus, "resources" | "login">,
  options?: SearchOptions,
): Promise<ReadonlyMap<string, readonly RankedDocument[]>> {
  const { index, embedders, log, database } = resources;
  const { readable, tokens } = database;
  const tools = { index, embedders, log, readable, tokens };
  const reader = corpusReader(login);
  const report = progressLine("Asking", "questions", queries.length);
  const rankings = new Map(queries.map(({ id }): [string, readonly RankedDocument[]] => [id, []]));
  const waiting = queries.values();
  let done = 0;
  const ask = async () => {
    for (const query of waiting) {
      rankings.set(query.id, await rankDocuments(query, reader, tools, options));
      report((done += 1));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, ask));
  return rankings;
}
