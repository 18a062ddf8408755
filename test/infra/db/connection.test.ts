import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Connection, connectEmbedded } from "../../../infra/db/connection.ts";
import { PATIENCE, testDataDirectory } from "../../support/test-database.ts";

describe("the embedded database", { timeout: PATIENCE }, () => {
  it("leaves the event loop to others while a query runs", async () => {
    const directory = await testDataDirectory();
    const connection = await connectEmbedded(join(directory, "pglite"));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await connection.client`select sum(sqrt(number)) from generate_series(1, 1000000) as number`;
    clearInterval(timer);
    // A query that blocked it would leave one tick at most.
    expect(ticks).toBeGreaterThan(5);
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe("the connection to the embedded database", () => {
  let directory: string;
  let connection: Connection;

  beforeAll(async () => {
    directory = await testDataDirectory();
    connection = await connectEmbedded(join(directory, "pglite"));
    await connection.client`create table numbers (n integer primary key)`;
  }, PATIENCE);
  afterAll(async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("gives the next query its own rows and nothing else when a result breaks off in the middle", async () => {
    const { client } = connection;
    const broken = client`select 10 / (5 - number) as n from generate_series(1, 9) as number`;
    const [failed, next] = await Promise.allSettled([broken, client`select 7 as n`]);
    expect(failed.status).toBe("rejected");
    expect(next).toMatchObject({ status: "fulfilled", value: [{ n: 7 }] });
    await expect(client`select 10 / (5 - number) as n from generate_series(1, 9) as number`).rejects.toThrow();
    expect([...(await client`select n from (values (1), (2)) as two(n)`)]).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("answers many queries at once, and one that fails disturbs no other", async () => {
    const { client } = connection;
    const answers = await Promise.allSettled(
      [1, 0, 2].map((n) => client<{ n: number }[]>`select 4 / ${n}::integer as n`),
    );
    expect(answers).toMatchObject([
      { status: "fulfilled", value: [{ n: 4 }] },
      { status: "rejected", reason: { code: "22012" } },
      { status: "fulfilled", value: [{ n: 2 }] },
    ]);
  });

  it("carries megabytes in both directions", async () => {
    const text = "x".repeat(3_000_000);
    const [row] = await connection.client<{ text: string }[]>`select ${text}::text || 'y' as text`;
    expect(row?.text.length).toBe(text.length + 1);
  });

  it("keeps other queries out of a transaction, and undoes all of one that fails", async () => {
    const { client } = connection;
    const failing = client.begin(async (transaction) => {
      await transaction`insert into numbers values (1)`;
      await transaction`insert into numbers values (1)`;
    });
    const beside = client`insert into numbers values (2)`;
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    await beside;
    expect([...(await client`select n from numbers`)]).toEqual([{ n: 2 }]);
  });

  it("lets the event loop turn while a query runs", async () => {
    const running = connection.client`select pg_sleep(0.2)`.execute();
    const first = await Promise.race([
      running.then(() => "query"),
      new Promise((resolve) => setTimeout(resolve, 1, "timer")),
    ]);
    expect(first).toBe("timer");
    await running;
  });
});
