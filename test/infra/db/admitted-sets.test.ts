import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { admittedSets } from "../../../infra/db/admitted-sets.ts";
import { type Connection, connectEmbedded } from "../../../infra/db/connection.ts";
import { accessIds } from "../../../infra/db/access-sets.ts";
import { sql } from "../../../infra/db/sql.ts";
import { filterOf } from "../../support/filter.ts";
import { PATIENCE, testDataDirectory } from "../../support/test-database.ts";

describe("the sets of access attributes that a filter admits, remembered", { timeout: PATIENCE }, () => {
  let directory: string;
  let connection: Connection;
  beforeAll(async () => {
    directory = await testDataDirectory();
    connection = await connectEmbedded(join(directory, "pglite"));
  }, PATIENCE);
  afterAll(async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const company = filterOf({ kind: "anyOf", field: "company_id", values: [1] });
  const add = (...companies: readonly number[]) =>
    connection.client.begin(async (transaction) => {
      await accessIds(
        transaction,
        companies.map((id) => ({ company_id: [id, 100 + companies.length] })),
      );
    });

  it("are those of now after every addition and removal, whether they were asked for before or not", async () => {
    const sets = admittedSets(connection);
    const admitted = async () =>
      (await sets.query<{ id: number }>(company, (allowed) => sql`select id from (${allowed}) as allowed`)).length;
    expect(await admitted()).toBe(0);
    await add(1);
    expect(await admitted()).toBe(1);
    expect(await admitted()).toBe(1);
    await add(1, 2);
    expect(await admitted()).toBe(2);
    await connection.client`delete from access_sets where id = (select min(id) from access_sets)`;
    expect(await admitted()).toBe(1);
    expect(await admitted()).toBe(1);
  });

  it("are asked for in one statement once they are known", async () => {
    const sets = admittedSets(connection);
    const statements: string[] = [];
    const { client } = connection;
    const watched = admittedSets({
      ...connection,
      client: Object.assign(Object.create(client) as typeof client, {
        unsafe: (...[text, ...rest]: Parameters<typeof client.unsafe>) => {
          statements.push(text);
          return client.unsafe(text, ...rest);
        },
      }),
    });
    const count = (each: typeof sets) =>
      each.query(company, (allowed) => sql`select count(*) from (${allowed}) as allowed`);
    await count(watched);
    expect(statements).toHaveLength(2);
    await count(watched);
    expect(statements).toHaveLength(3);
  });
});
