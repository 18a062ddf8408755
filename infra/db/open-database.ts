import { join } from "node:path";

import { pgvectorIndex } from "../chunk-index/pgvector.ts";
import type { ChunkIndex } from "../chunk-index/port.ts";
import { readableScope } from "../chunk-index/readable-scope.ts";
import { GroundworkError } from "../errors.ts";
import { type AdmittedSets, admittedSets } from "./admitted-sets.ts";
import { apiKeyStore } from "./api-key-store.ts";
import { auditLog } from "./audit-log.ts";
import { type ChunkOutbox, chunkOutbox } from "./chunk-outbox.ts";
import { chunkTokens } from "./chunk-tokens.ts";
import { chunkVectorStore } from "./chunk-vector-store.ts";
import { type Connection, connectEmbedded, connectServer, type PoolSettings } from "./connection.ts";
import { type CopiedDocuments, copiedDocuments } from "./copied-documents.ts";
import { databaseError, guarded } from "./database-error.ts";
import { type DirectoryLock, lockDataDirectory } from "./directory-lock.ts";
import { documentInspection } from "./document-inspection.ts";
import { freshStatistics } from "./fresh-statistics.ts";
import { indexVersion } from "./index-version.ts";
import { type IndexUpkeep, indexUpkeep } from "./index-upkeep.ts";
import { openJobQueues } from "./job-queues.ts";
import { lease } from "./lease.ts";
import { ingestedDocuments } from "./ingested-documents.ts";
import { maintain } from "./maintain.ts";
import { migrateSchema } from "./migrate.ts";
import { policyStore } from "./policy-store.ts";
import type { Database } from "./port.ts";
import { readableDocuments } from "./readable-documents.ts";
import { readableVocabulary } from "./readable-vocabulary.ts";
import { settingsStore } from "./settings-store.ts";
import { vectorSpaces } from "./vector-spaces.ts";

/** Embedded in a directory of our own, or on a Postgres server (12 or newer, with pgvector 0.8). */
export type DatabaseLocation =
  | { readonly dataDirectory: string }
  | { readonly databaseUrl: string; readonly pool?: PoolSettings };

export interface OpenedDatabase {
  readonly database: Database;
  readonly index: ChunkIndex;
  /** For an index outside the database, which follows it. */
  readonly followed: FollowedDatabase;
  readonly upkeep: IndexUpkeep;
  /** Of the data directory; null with a server. Closed with the database. */
  readonly lock: DirectoryLock | null;
}

export interface FollowedDatabase {
  readonly outbox: ChunkOutbox;
  readonly documents: CopiedDocuments;
  readonly readableScope: ReturnType<typeof readableScope>;
}

const PING_DEADLINE_MS = 2_000;

/**
 * Opens the database and the index over it, creating and migrating what is missing.
 * Errors: `data-directory-busy`, `configuration` (directory, address, pgvector), `database`.
 */
export async function openDatabase(location: DatabaseLocation): Promise<OpenedDatabase> {
  if ("databaseUrl" in location) return { ...(await openServer(location)), lock: null };
  const lock = lockDataDirectory(location.dataDirectory);
  try {
    const connection = await connectEmbedded(join(location.dataDirectory, "pglite"));
    return { ...(await prepared(connection, connection, lock)), lock };
  } catch (error) {
    lock.release();
    throw databaseError("database", error);
  }
}

async function openServer({
  databaseUrl,
  pool: settings,
}: Extract<DatabaseLocation, { databaseUrl: string }>): Promise<Omit<OpenedDatabase, "lock">> {
  // A migration may take long, and so may waiting for another process that migrates.
  const session = connectServer(databaseUrl, { size: 1, statementTimeoutMs: 0 });
  const pool = connectServer(databaseUrl, settings);
  try {
    return await prepared(pool, session, null);
  } finally {
    await session.close();
  }
}

/** `session` is the one connection on which the schema is migrated; it may be `connection` itself. */
async function prepared(
  connection: Connection,
  session: Connection,
  lock: DirectoryLock | null,
): Promise<Omit<OpenedDatabase, "lock">> {
  try {
    await guarded("database", () => migrateSchema(session.client));
  } catch (error) {
    await connection.close();
    throw error;
  }
  const sets = admittedSets(connection);
  const database = databaseOver(connection, lock, sets);
  return {
    database,
    index: pgvectorIndex(connection, { admitted: sets }),
    followed: {
      outbox: chunkOutbox(connection),
      documents: copiedDocuments(connection),
      readableScope: readableScope(connection),
    },
    upkeep: indexUpkeep(connection),
  };
}

function databaseOver(connection: Connection, lock: DirectoryLock | null, sets: AdmittedSets): Database {
  const onWritten = freshStatistics(connection);
  return {
    readable: readableDocuments(connection, sets),
    inspection: documentInspection(connection),
    vocabulary: readableVocabulary(sets),
    indexVersion: indexVersion(connection),
    ingested: ingestedDocuments(connection, onWritten),
    vectors: chunkVectorStore(connection, onWritten),
    tokens: chunkTokens(connection),
    vectorSpaces: vectorSpaces(connection),
    policies: policyStore(connection),
    apiKeys: apiKeyStore(connection),
    audit: auditLog(connection),
    settings: settingsStore(connection),
    openQueues: (names, onFault) => openJobQueues(connection, names, onFault),
    lease: (name) => lease(connection, name),
    maintain: () => maintain(connection),
    ping: () => ping(connection),
    async close() {
      await connection.close();
      lock?.release();
    },
  };
}

async function ping({ client }: Connection): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new GroundworkError("database", "The database did not answer in time.", { retryable: true })),
    PING_DEADLINE_MS,
  );
  try {
    await guarded("database", () => Promise.race([client`select 1`, late]));
  } finally {
    clearTimeout(timer);
  }
}
