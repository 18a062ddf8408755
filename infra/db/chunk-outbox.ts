import type { Sql } from "postgres";

import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { storable } from "./storable.ts";

/** A document whose chunks have changed since the index last followed. */
export interface Change {
  readonly documentId: string;
  readonly revision: number;
}

export interface OutboxLag {
  readonly documents: number;
  /** How long the oldest change has waited, seconds; null when none waits. */
  readonly seconds: number | null;
  /** Documents that the index has refused, with what it said of one of them. */
  readonly failing: number;
  readonly failure: string | null;
}

/** The changes that one index takes over, held by one process at a time. */
export interface TakenChanges {
  next(limit: number): Promise<readonly Change[]>;
  /** Forgets these, unless they have changed again meanwhile. */
  followed(changes: readonly Change[]): Promise<void>;
  /** Tries these again later: after 2, 4, 8, … seconds, five minutes at most. */
  postpone(changes: readonly Change[], failure: string): Promise<void>;
  /** The index that holds all that was there when it was attached; null while there is none. */
  filled(): Promise<string | null>;
  setFilled(index: string | null): Promise<void>;
}

/** The outbox through which an index outside the database follows it. Errors: `database`. */
export interface ChunkOutbox {
  /** From now on changes are recorded for this index; one that is new has to be filled first. Without a name, recording ends. */
  attach(index: string | null): Promise<void>;
  /** What tells this database from others that an index may serve; made when first asked for. */
  owner(): Promise<string>;
  /** Whether a change waits that is due. */
  hasDue(): Promise<boolean>;
  lag(): Promise<OutboxLag>;
  /** Runs the work unless another process is at it; null then. */
  exclusively<T>(work: (changes: TakenChanges) => Promise<T>): Promise<T | null>;
}

/** The advisory lock of whoever follows. Any constant that nobody else uses. */
const FOLLOWER_LOCK = 7_104_552_312;
const FOLLOWER = "chunk-index.follower";
const FILLED = "chunk-index.filled";
const OWNER = "chunk-index.owner";

export function chunkOutbox(connection: Connection): ChunkOutbox {
  const { client } = connection;
  let busy = false;
  return {
    attach: (index) => guarded("database", () => attach(client, index)),
    owner: () => guarded("database", () => owner(client)),
    hasDue: () =>
      guarded("database", async () => (await client`select from chunk_outbox where due <= now() limit 1`).length > 0),
    lag: () => guarded("database", () => lag(client)),
    async exclusively(work) {
      if (busy) return null;
      busy = true;
      try {
        // The embedded database is one session of one process: its lock would be ours already, and a session held back would stop all else.
        return await (connection.embedded ? work(taken(client)) : lockedExclusively(connection, work));
      } finally {
        busy = false;
      }
    },
  };
}

async function owner(client: Sql): Promise<string> {
  const [row] = await client<{ value: string }[]>`
    insert into settings (name, value) values (${OWNER}, gen_random_uuid()::text)
    on conflict (name) do update set value = settings.value returning value`;
  return row?.value ?? "";
}

/** Writers wait for a moment: whoever began before records nothing, and must have ended before the index is filled. */
async function attach(client: Sql, index: string | null): Promise<void> {
  const [held] = await client<{ value: string }[]>`select value from settings where name = ${FOLLOWER}`;
  if ((held?.value ?? null) === index) return;
  await client.begin(async (transaction) => {
    await transaction`lock table chunks, chunk_vectors in share mode`;
    await transaction`delete from settings where name in (${FOLLOWER}, ${FILLED})`;
    await transaction`delete from chunk_outbox`;
    if (index === null) return;
    await transaction`insert into settings (name, value) values (${FOLLOWER}, ${index})`;
  });
}

async function lag(client: Sql): Promise<OutboxLag> {
  const [row] = await client<{ documents: number; seconds: number | null; failing: number; failure: string | null }[]>`
    select count(*)::integer as documents, extract(epoch from now() - min(at))::float8 as seconds,
      (count(*) filter (where failure is not null))::integer as failing, min(failure) as failure
    from chunk_outbox`;
  return row ?? { documents: 0, seconds: null, failing: 0, failure: null };
}

async function lockedExclusively<T>(
  connection: Connection,
  work: (changes: TakenChanges) => Promise<T>,
): Promise<T | null> {
  return connection.session(async (session) => {
    const [row] = await guarded(
      "database",
      () => session<{ locked: boolean }[]>`select pg_try_advisory_lock(${FOLLOWER_LOCK}::bigint) as locked`,
    );
    // The lock goes with the session.
    return row?.locked === true ? work(taken(session)) : null;
  });
}

function taken(client: Sql): TakenChanges {
  return {
    next: (limit) =>
      guarded(
        "database",
        () => client<Change[]>`
          select document_id as "documentId", revision::float8 as revision from chunk_outbox
          where due <= now() order by due, revision limit ${limit}`,
      ),
    followed: (changes) =>
      guarded("database", async () => {
        // Rows that a writer holds just now are about to change again, and waiting for them could close a circle of waiting.
        await client`
          delete from chunk_outbox where document_id in (
            select outbox.document_id from chunk_outbox outbox join ${rowsOf(client, changes)} using (document_id, revision)
            for update of outbox skip locked)`;
      }),
    postpone: (changes, failure) =>
      guarded("database", async () => {
        await client`
          update chunk_outbox set attempts = attempts + 1, failure = ${storable(failure)},
            due = now() + make_interval(secs => least(2 ^ (attempts + 1), 300))
          where document_id in (
            select outbox.document_id from chunk_outbox outbox join ${rowsOf(client, changes)} using (document_id, revision)
            for update of outbox skip locked)`;
      }),
    filled: () =>
      guarded("database", async () => {
        const [row] = await client<{ value: string }[]>`select value from settings where name = ${FILLED}`;
        return row?.value ?? null;
      }),
    setFilled: (index) =>
      guarded("database", async () => {
        await client`delete from settings where name = ${FILLED}`;
        if (index !== null) await client`insert into settings (name, value) values (${FILLED}, ${index})`;
      }),
  };
}

function rowsOf(client: Sql, changes: readonly Change[]) {
  const rows = changes.map(({ documentId, revision }) => ({ document_id: documentId, revision }));
  return client`jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as followed(document_id text, revision bigint)`;
}
