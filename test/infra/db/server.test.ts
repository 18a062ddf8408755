import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { followOnce } from "../../../infra/chunk-index/follow-database.ts";
import { connectServer } from "../../../infra/db/connection.ts";
import { guarded } from "../../../infra/db/database-error.ts";
import { type OpenedDatabase, openDatabase } from "../../../infra/db/open-database.ts";
import { EVERYTHING } from "../../support/filter.ts";
import { memoryChunkCopy } from "../../support/memory-chunk-copy.ts";
import { silentLog } from "../../support/silent-log.ts";
import { PATIENCE } from "../../support/test-database.ts";
import { testDocument } from "../../support/test-document.ts";

const url = process.env["TEST_DATABASE_URL"] ?? "";
/** As `migrate.ts` has it. */
const MIGRATION_LOCK = 7_104_552_311;

const ask = ({ index }: OpenedDatabase) =>
  index.search({ text: "copper", vector: null, limit: 10 }, EVERYTHING).then(({ keyword }) => keyword.length);

describe.skipIf(url === "")("several processes on one Postgres (set TEST_DATABASE_URL)", { timeout: PATIENCE }, () => {
  const name = `groundwork_test_${randomUUID().replaceAll("-", "")}`;
  let administration: postgres.Sql;
  let databaseUrl: string;
  let first: OpenedDatabase;
  let second: OpenedDatabase;

  const open = (statementTimeoutMs = PATIENCE) => openDatabase({ databaseUrl, pool: { size: 2, statementTimeoutMs } });
  const backends = async () => {
    const rows = await administration<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${name} and application_name = 'groundwork'`;
    return rows.map(({ pid }) => pid);
  };
  beforeAll(async () => {
    administration = postgres(url, { max: 1, onnotice: () => {} });
    await administration.unsafe(`create database ${name}`);
    const address = new URL(url);
    address.pathname = `/${name}`;
    databaseUrl = address.href;
    first = await open();
    second = await open();
    await first.database.ingested.write([testDocument("a", [{ chunks: ["copper"], access: {} }])]);
  }, PATIENCE);
  afterAll(async () => {
    await first.database.close();
    await second.database.close();
    await administration.unsafe(`drop database ${name} with (force)`);
    await administration.end();
  }, PATIENCE);

  it("hold no more connections than their pools, however much is asked at once, and answer all of it", async () => {
    const asked = Array.from({ length: 100 }, (_, each) => ask(each % 2 === 0 ? first : second));
    expect(new Set(await Promise.all(asked))).toEqual(new Set([1]));
    expect((await backends()).length).toBeLessThanOrEqual(4);
  });

  it("go on when the server ends their connections", async () => {
    for (const pid of await backends()) await administration`select pg_terminate_backend(${pid})`;
    // What meets a connection that has just ended fails as a fault that may pass, perhaps more than once: until the driver has noticed.
    for (const opened of [first, second]) {
      const answered = async (): Promise<number | null> => {
        try {
          return await ask(opened);
        } catch (error) {
          expect(error).toMatchObject({ code: "index", retryable: true });
          return null;
        }
      };
      const all = async () => Promise.all(Array.from({ length: 4 }, answered));
      await expect.poll(all, { timeout: 10_000 }).toEqual([1, 1, 1, 1]);
    }
  });

  it("end a statement that takes longer than it may, as a fault that may pass, and go on", async () => {
    const connection = connectServer(databaseUrl, { size: 1, statementTimeoutMs: 200 });
    try {
      const slow = guarded("database", () => connection.client`select pg_sleep(30)`);
      await expect(slow).rejects.toMatchObject({ code: "database", retryable: true });
      expect(await connection.client`select 1 as one`).toEqual([{ one: 1 }]);
      // What is known to take long has a session without that limit.
      expect(await connection.session((client) => client`select 1 as one from pg_sleep(0.5)`)).toEqual([{ one: 1 }]);
    } finally {
      await connection.close();
    }
  });

  it("wait for the one that migrates, longer than any statement may take", async () => {
    const migrating = postgres(databaseUrl, { max: 1, onnotice: () => {} });
    await migrating`select pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
    const opening = open(300);
    const third = open(300);
    expect(await Promise.race([opening, third, sleep(1_500, "waiting")])).toBe("waiting");
    await migrating.end();
    for (const opened of await Promise.all([opening, third])) {
      expect(await ask(opened)).toBe(1);
      await opened.database.close();
    }
  });

  it("follow for the index one at a time, and another takes over when the one that does dies", async () => {
    const copy = memoryChunkCopy();
    await first.followed.outbox.attach(copy.name);
    const tools = (opened: OpenedDatabase) => ({ ...opened.followed, copy, log: silentLog });
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: until, resolve: end } = Promise.withResolvers<void>();
    const before = new Set(await backends());
    const holding = first.followed.outbox.exclusively(async () => {
      begin();
      await until;
    });
    await begun;
    expect(await followOnce(tools(second))).toBeNull();
    for (const pid of await backends()) if (!before.has(pid)) await administration`select pg_terminate_backend(${pid})`;
    await expect.poll(() => followOnce(tools(second)), { timeout: 20_000 }).not.toBeNull();
    expect([...copy.held.keys()]).toEqual(["a"]);
    end();
    await holding;
    await first.followed.outbox.attach(null);
  });
});
