import { createHash, randomUUID } from "node:crypto";
import { constants, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import postgres from "postgres";

import type { Database } from "../../infra/db/port.ts";
import { type OpenedDatabase, openDatabase } from "../../infra/db/open-database.ts";
import type { VectorSpace } from "../../infra/db/vector-spaces.ts";
import { firstSpace } from "./one-embedder.ts";

/** Short vectors: what is tested does not depend on their length. */
export const TEST_DIMENSIONS = 4;

/** For hooks and tests that open databases on a busy machine; milliseconds. */
export const PATIENCE = 60_000;

export interface TestDatabase extends OpenedDatabase {
  /** Of a server. */
  readonly address?: string;
  /** Closes it and removes every trace. */
  discard(): Promise<void>;
}

/** A temporary data directory with an empty, migrated database: a copy of one made once per schema, 2 seconds faster than a new one. */
export async function testDataDirectory(): Promise<string> {
  const template = await migratedTemplate();
  const directory = mkdtempSync(join(tmpdir(), "groundwork-test-"));
  cpSync(template, directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return directory;
}

export async function openTestDatabase(dimensions = TEST_DIMENSIONS): Promise<TestDatabase> {
  const dataDirectory = await testDataDirectory();
  const opened = await openDatabase({ dataDirectory });
  await firstSpaceOf(opened.database, dimensions);
  return {
    ...opened,
    async discard() {
      await opened.database.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** A new database on the server that TEST_DATABASE_URL names; its user may create databases and the extension vector. */
export async function openTestServerDatabase(url: string, dimensions = TEST_DIMENSIONS): Promise<TestDatabase> {
  const name = `groundwork_test_${randomUUID().replaceAll("-", "")}`;
  const administration = postgres(url, { max: 1, onnotice: () => {} });
  await administration.unsafe(`create database ${name}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  const opened = await openDatabase({ databaseUrl: address.href });
  await firstSpaceOf(opened.database, dimensions);
  return {
    ...opened,
    address: address.href,
    async discard() {
      await opened.database.close();
      await administration.unsafe(`drop database ${name} with (force)`);
      await administration.end();
    },
  };
}

/** Removes what earlier tests ingested. */
export async function emptyCorpus({ ingested }: Pick<Database, "ingested">): Promise<void> {
  const sources = new Set((await ingested.counts()).map(({ source }) => source));
  for (const source of sources) {
    await ingested.remove(source, [...(await ingested.states(source)).keys()]);
  }
}

/** What an embedder of that many dimensions is told when a new database is opened with it. */
export async function firstSpaceOf({ vectorSpaces }: Database, dimensions = TEST_DIMENSIONS): Promise<VectorSpace> {
  return vectorSpaces.want({ id: firstSpace(dimensions).embedder, dimensions, origin: {} });
}

async function migratedTemplate(): Promise<string> {
  const template = join(tmpdir(), `groundwork-template-${schemaHash()}`);
  if (existsSync(template)) return template;
  const unfinished = mkdtempSync(join(tmpdir(), "groundwork-template-unfinished-"));
  const { database } = await openDatabase({ dataDirectory: unfinished });
  await database.close();
  try {
    renameSync(unfinished, template);
  } catch {
    // Another test process made the same template first.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return template;
}

/** Of everything that decides how a new database looks: the migrations and the engine. */
function schemaHash(): string {
  const migrations = new URL("../../infra/db/migrations/", import.meta.url);
  const hash = createHash("sha256");
  for (const name of readdirSync(migrations)
    .filter((each) => each.endsWith(".sql"))
    .sort()) {
    hash.update(readFileSync(new URL(name, migrations)));
  }
  const engine = new URL("../../node_modules/@electric-sql/pglite/package.json", import.meta.url);
  return hash.update(readFileSync(engine)).digest("hex").slice(0, 16);
}
