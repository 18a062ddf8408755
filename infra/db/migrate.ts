import { readFile } from "node:fs/promises";

import type { Sql } from "postgres";
import { z } from "zod";

import { GroundworkError } from "../errors.ts";

/** Any constant that nobody else uses: the advisory lock under which one process at a time migrates. */
const MIGRATION_LOCK = 7_104_552_311;
const MIGRATIONS = new URL("./migrations/", import.meta.url);
const BETWEEN_STATEMENTS = "--> statement-breakpoint";

/** drizzle-kit's list of the migrations that it has written. */
const journal = z.object({ entries: z.array(z.object({ idx: z.number(), tag: z.string() })) });

/** Brings the schema up to date. `client` must be a single session, because the lock belongs to it. */
export async function migrateSchema(client: Sql): Promise<void> {
  await client`select pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
  try {
    await client`create extension if not exists vector`.catch((cause: unknown) => {
      throw new GroundworkError(
        "configuration",
        "The Postgres server lacks the extension pgvector (0.8 or newer), or this user may not create it; install it and run: create extension vector;",
        { cause },
      );
    });
    await client`create table if not exists applied_migrations (tag text primary key, at timestamptz not null default now())`;
    const rows = await client<{ tag: string }[]>`select tag from applied_migrations`;
    const applied = new Set(rows.map(({ tag }) => tag));
    for (const tag of await writtenMigrations()) {
      if (!applied.has(tag)) await apply(client, tag);
    }
  } finally {
    await client`select pg_advisory_unlock(${MIGRATION_LOCK}::bigint)`;
  }
}

async function writtenMigrations(): Promise<readonly string[]> {
  const { entries } = journal.parse(JSON.parse(await readFile(new URL("meta/_journal.json", MIGRATIONS), "utf8")));
  return entries.sort((left, right) => left.idx - right.idx).map(({ tag }) => tag);
}

async function apply(client: Sql, tag: string): Promise<void> {
  const statements = (await readFile(new URL(`${tag}.sql`, MIGRATIONS), "utf8")).split(BETWEEN_STATEMENTS);
  await client.begin(async (transaction) => {
    for (const statement of statements) await transaction.unsafe(statement);
    await transaction`insert into applied_migrations (tag) values (${tag})`;
  });
}
