import { fileURLToPath } from "node:url";

import { migrate } from "drizzle-orm/postgres-js/migrator";

import { GroundworkError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/** Any constant that nobody else uses: the advisory lock under which one process at a time migrates. */
const MIGRATION_LOCK = 7_104_552_311;
const MIGRATIONS = fileURLToPath(new URL("./migrations", import.meta.url));

/** Brings the schema up to date. `connection` must be a single session, because the lock belongs to it. */
export async function migrateSchema(connection: Connection): Promise<void> {
  const { client, tables } = connection;
  await client`select pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
  try {
    await client`create extension if not exists vector`.catch((cause: unknown) => {
      throw new GroundworkError(
        "configuration",
        "The Postgres server lacks the extension pgvector (0.8 or newer), or this user may not create it; install it and run: create extension vector;",
        { cause },
      );
    });
    await migrate(tables, { migrationsFolder: MIGRATIONS });
  } finally {
    await client`select pg_advisory_unlock(${MIGRATION_LOCK}::bigint)`;
  }
}
