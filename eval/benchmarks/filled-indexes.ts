import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { catchUp } from "../../infra/chunk-index/follow-database.ts";
import { openChunkIndex, type OpenedIndex } from "../../infra/chunk-index/open-chunk-index.ts";
import { pgvectorIndex } from "../../infra/chunk-index/pgvector.ts";
import type { ChunkIndex } from "../../infra/chunk-index/port.ts";
import { type Config, processEnvironment, readConfig } from "../../infra/config.ts";
import { connectServer } from "../../infra/db/connection.ts";
import { type OpenedDatabase, openDatabase } from "../../infra/db/open-database.ts";
import type { ReadableDocuments } from "../../infra/db/port.ts";
import type { VectorSpace } from "../../infra/db/vector-spaces.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openLog } from "../../infra/log.ts";
import { postgresSizes, qdrantMemory } from "./index-sizes.ts";
import type { InventedChunks } from "./invented-chunks.ts";

const WRITERS = 4;
/** A search that takes longer is no search. */
const DEADLINE_MS = 120_000;

export interface FilledIndex {
  readonly name: string;
  readonly index: ChunkIndex;
  /** Of the invented vectors. */
  readonly space: VectorSpace;
  readonly readable: ReadableDocuments;
  /** What it takes of memory or disk, in words. */
  readonly size: string;
  /** The same chunks with all keywords counted, where this index goes by a sample of many. */
  readonly counted?: ChunkIndex;
}

/**
 * The indexes that the environment names, filled with the chunks, one after the other: the database's own, embedded in a folder of its own or
 * that of DATABASE_URL, then with QDRANT_URL that in Qdrant, which follows it, in a collection named after the benchmark. What is built is
 * timed on stdout. A database that was filled with as many chunks is used again. Throws `configuration` when it holds anything else.
 */
export async function* filledIndexes(chunks: InventedChunks): AsyncIterable<FilledIndex> {
  const config = readConfig(processEnvironment());
  await using cleanup = new AsyncDisposableStack();
  const databaseUrl = config.databaseUrl?.reveal();
  const opened = await openDatabase(
    databaseUrl === undefined
      ? { dataDirectory: cleanup.adopt(mkdtempSync(join(tmpdir(), "groundwork-benchmark-")), remove) }
      : { databaseUrl, pool: { ...config.databasePool, statementTimeoutMs: DEADLINE_MS } },
  );
  cleanup.defer(() => opened.database.close());
  const { vectorSpaces } = opened.database;
  const space = await vectorSpaces.want({
    id: `invented-${chunks.dimensions}`,
    dimensions: chunks.dimensions,
    origin: {},
  });
  await fill(opened, space, chunks);
  const size =
    databaseUrl === undefined
      ? `${megabytes(process.memoryUsage().rss)} of this process`
      : await postgresSizes(databaseUrl);
  const name = databaseUrl === undefined ? "pgvector, embedded" : "pgvector, Postgres";
  const pgvector = { name, space, index: opened.index, readable: opened.database.readable, size };
  if (databaseUrl === undefined) yield pgvector;
  else {
    const connection = connectServer(databaseUrl, { size: 1, statementTimeoutMs: DEADLINE_MS });
    cleanup.defer(() => connection.close());
    yield { ...pgvector, counted: pgvectorIndex(connection, { sampling: null }) };
  }
  if (config.qdrant !== null) yield { space, ...(await inQdrant(config.qdrant, opened, cleanup)) };
}

async function fill({ database, followed }: OpenedDatabase, space: VectorSpace, chunks: InventedChunks): Promise<void> {
  const held = (await followed.documents.counts()).chunks;
  const invented = (await database.ingested.states("folder:benchmark")).size > 0;
  if (held === chunks.count && invented) return;
  if (held > 0) {
    throw new GroundworkError(
      "configuration",
      "The benchmark fills an empty database; this one holds documents. Name another.",
    );
  }
  const documents = chunks.documents()[Symbol.iterator]();
  await timed(`${chunks.count} chunks written`, async () => {
    await Promise.all(Array.from({ length: WRITERS }, () => writeAll(documents, space, database)));
  });
  await timed("maintained, with the graph where one is worth it", () => database.maintain());
}

async function writeAll(
  documents: Iterator<ReturnType<InventedChunks["documents"]> extends Iterable<infer Each> ? Each : never>,
  space: VectorSpace,
  { ingested, vectors }: OpenedDatabase["database"],
): Promise<void> {
  for (let next = documents.next(); next.done !== true; next = documents.next()) {
    await ingested.write([next.value.document]);
    await vectors.add(space, next.value.vectors);
  }
}

async function inQdrant(
  configured: NonNullable<Config["qdrant"]>,
  opened: OpenedDatabase,
  cleanup: AsyncDisposableStack,
): Promise<Omit<FilledIndex, "space">> {
  // Of the database's own: another benchmark of as many chunks has another copy.
  const owner = (await opened.followed.outbox.owner()).slice(0, 8);
  const setting = {
    ...configured,
    fallback: false,
    timeoutMs: DEADLINE_MS,
    collection: `groundwork-benchmark-${owner}-${configured.quantization}`,
  };
  const { index, following }: OpenedIndex = cleanup.use(await openChunkIndex(setting, opened, openLog("silent")));
  if (following === null) throw new GroundworkError("internal", "Nothing follows.");
  await timed("Qdrant filled", () => catchUp(following));
  await timed("Qdrant's graph built", async () => {
    while ((await following.copy.state()).health !== "green") await sleep(500);
  });
  return {
    name: `Qdrant, quantization ${configured.quantization}`,
    index,
    readable: opened.database.readable,
    size: await qdrantMemory(configured.url, configured.apiKey?.reveal() ?? null),
  };
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
