import { openCache } from "./cache/open-cache.ts";
import type { Cache } from "./cache/port.ts";
import { openChunkIndex } from "./chunk-index/open-chunk-index.ts";
import type { FollowerTools } from "./chunk-index/follow-database.ts";
import type { ChunkIndex } from "./chunk-index/port.ts";
import type { Config } from "./config.ts";
import { type FollowedDatabase, openDatabase } from "./db/open-database.ts";
import type { DirectoryLock } from "./db/directory-lock.ts";
import type { IndexUpkeep } from "./db/index-upkeep.ts";
import { linkedDocuments } from "./db/linked-documents.ts";
import type { Database } from "./db/port.ts";
import { type Embedders, openConfigured, openEmbedders } from "./embedders.ts";
import { GroundworkError } from "./errors.ts";
import { type Log, openLog } from "./log.ts";
import { httpReranker } from "./models/http-reranker.ts";
import { openLanguageModel } from "./models/openai-language-model.ts";
import type { LanguageModel, Reranker } from "./models/port.ts";
import { type UnseenReading, joinedSource } from "./odoo/joined-source.ts";
import type { OdooSettings } from "./odoo/odoo-client.ts";
import { openOdooClient } from "./odoo/open-odoo-client.ts";
import { type LiveRecheck, openLiveRecheck } from "./odoo/open-live-recheck.ts";
import { type SyncAccount, openAccount, openPeople } from "./odoo/own-account.ts";
import type { OdooSource } from "./odoo/port.ts";
import { readReaderKeys } from "./odoo/reader-keys.ts";
import { openSnapshotSource } from "./odoo/snapshot-source.ts";

/** Everything that is open while Groundwork runs. `await using` closes it in reverse order. */
export interface Resources extends AsyncDisposable {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly index: ChunkIndex;
  /** Of the tables that the database's own index searches. */
  readonly upkeep: IndexUpkeep;
  /** What an index outside the database is made of. */
  readonly followed: FollowedDatabase;
  /** Of an index outside the database; null when the database is the index. */
  readonly indexFollower: FollowerTools | null;
  /** Of the data directory; null with a database server. */
  readonly lock: DirectoryLock | null;
  readonly embedders: Embedders;
  /** Remembers rankings of chunks: ids and scores, never text. */
  readonly cache: Cache;
  /** Null: hits stay in the order of the search. */
  readonly reranker: Reranker | null;
  /** Null: answers are extracted. */
  readonly languageModel: LanguageModel | null;
  readonly odoo: OdooSource;
  /** Null: Odoo is a recorded one. */
  readonly syncAccount: SyncAccount | null;
  /** Null: what is shown is not checked in Odoo itself. */
  readonly liveRecheck: LiveRecheck | null;
}

/** Errors: `configuration`, `data-directory-busy`, `database`, `model-unavailable`. What was opened before an error is closed again. */
export async function openResources(config: Config): Promise<Resources> {
  await using opened = new AsyncDisposableStack();
  const log = openLog(config.logLevel);
  const location =
    config.databaseUrl === null
      ? { dataDirectory: config.dataDirectory }
      : { databaseUrl: config.databaseUrl.reveal(), pool: config.databasePool };
  // Side by side, for each takes a second or so; a database that cannot be had is said at once.
  const opening = openConfigured(config);
  // It may fail first; that is met below, when the database is open.
  opening.catch(() => undefined);
  const openedDatabase = await openDatabase(location).catch((error: unknown) => {
    opening.then((open) => open?.close()).catch(() => undefined);
    throw error;
  });
  const { database, upkeep, followed, lock } = openedDatabase;
  opened.defer(() => database.close());
  const embedders = opened.use(await openEmbedders(await opening, config, database.vectorSpaces, log));
  const { source: odoo, syncAccount, liveRecheck } = await openOdoo(config, log);
  opened.defer(() => odoo.close());
  const { index, following: indexFollower } = opened.use(await openChunkIndex(config.qdrant, openedDatabase, log));
  // Databases that share a Redis are told apart by it.
  if (config.cacheUrl !== null) await followed.outbox.owner();
  const cache = opened.use(await openCache(config, log));
  const closing = opened.move();
  return {
    config,
    log,
    database: {
      ...database,
      readable: linkedDocuments(database.readable, config.odoo.kind === "live" ? config.odoo.url : null),
    },
    index,
    upkeep,
    followed,
    indexFollower,
    lock,
    embedders,
    cache,
    reranker: openReranker(config),
    languageModel: openAnswerModel(config),
    odoo,
    syncAccount,
    liveRecheck,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function openOdoo(
  { odoo, readerKeysFile, liveRecheck }: Config,
  log: Log,
): Promise<{
  readonly source: OdooSource;
  readonly syncAccount: SyncAccount | null;
  readonly liveRecheck: LiveRecheck | null;
}> {
  if (odoo.kind === "snapshot") {
    return { source: openSnapshotSource(odoo.path), syncAccount: null, liveRecheck: null };
  }
  const settings = { ...odoo, apiKey: odoo.apiKey.reveal() };
  await refuseUnusable(settings);
  const account = openAccount(settings);
  const userId = (signal?: AbortSignal) => account.userId(signal);
  if (readerKeysFile === null) {
    return { source: account.source, syncAccount: { userId, readerLogins: [] }, liveRecheck: null };
  }
  const keys = await readReaderKeys(readerKeysFile, (message) => log.warn(message));
  const onUnseen = (reading: UnseenReading) => {
    if (reading.records > 0) log.info(reading, "read with people's own keys");
  };
  return {
    source: joinedSource(account, openPeople(settings, keys), { log, onUnseen }),
    syncAccount: { userId, readerLogins: [...keys.keys()] },
    liveRecheck: liveRecheck === null ? null : openLiveRecheck(odoo, keys, { ...liveRecheck, log }),
  };
}

/** A version that is not supported, or a login that is missing, is said at once. An Odoo that does not answer now may answer later. */
async function refuseUnusable(settings: OdooSettings): Promise<void> {
  try {
    await openOdooClient({ ...settings, timeoutMs: 3_000, retryDelayMs: 100 }).userId();
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code === "configuration") throw error;
  }
}

function openReranker({ reranker }: Config): Reranker | null {
  return reranker === null ? null : httpReranker({ ...reranker, apiKey: reranker.apiKey?.reveal() ?? null });
}

function openAnswerModel({ answerModel }: Config): LanguageModel | null {
  if (answerModel === null) return null;
  return openLanguageModel({
    baseUrl: answerModel.baseUrl,
    apiKey: answerModel.apiKey?.reveal() ?? null,
    model: answerModel.model,
    timeoutMs: answerModel.timeoutMs,
  });
}
