import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { admittedSets } from "../../../infra/db/admitted-sets.ts";
import { type Connection, connectEmbedded } from "../../../infra/db/connection.ts";
import { accessIds } from "../../../infra/db/access-sets.ts";
import { vectorSpaces } from "../../../infra/db/vector-spaces.ts";
import { unembeddedAccess } from "../../../infra/db/unembedded-access.ts";
import { filterOf } from "../../support/filter.ts";
import { PATIENCE, testDataDirectory } from "../../support/test-database.ts";

const company = (id: number) => filterOf({ kind: "anyOf", field: "company_id", values: [id] });
const RESTLESS = 0;

/** Asked until it says so: looking goes on beside the question. */
async function becomes(expected: boolean, lacks: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if ((await lacks()) === expected) return expected;
    await sleep(5);
  }
  return !expected;
}

describe("whether something that a reader may read has no vector yet", { timeout: PATIENCE }, () => {
  let directory: string;
  let connection: Connection;
  beforeAll(async () => {
    directory = await testDataDirectory();
    connection = await connectEmbedded(join(directory, "pglite"));
    await vectorSpaces(connection).want({ id: "test", dimensions: 4, origin: {} });
  }, PATIENCE);
  afterAll(async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (id: string, companyId: number) =>
    connection.client.begin(async (transaction) => {
      const attributes = { company_id: [companyId] };
      const access = (await accessIds(transaction, [attributes]))(attributes);
      await transaction`
        insert into documents (id, source, key, kind, title, model, content_hash, metadata)
        values (${id}, 'folder:test', ${id}, 'note', '', 'file', '', '{}')`;
      await transaction`
        insert into document_parts (document_id, key, text, text_hash, facts, access_id) values (${id}, 'main', 'text', '', '[]', ${access})`;
      await transaction`
        insert into chunks (id, document_id, part, start, "end", headings, text, access_id, length, terms, frequencies)
        values (${id}, ${id}, 'main', 0, 4, '[]', 'text', ${access}, 1, '{1}', '{1}')`;
    });
  const embed = () => connection.client`
    insert into chunk_vectors (chunk_id, space_id, access_id, embedding)
    select id, 1, access_id, '[1,0,0,0]' from chunks on conflict do nothing`;

  it("is told of what is there at the first question, by the reader's own chunks alone, and of changes after it", async () => {
    await write("one", 1);
    const lacks = unembeddedAccess(connection, admittedSets(connection), RESTLESS);
    expect([await lacks(company(1)), await lacks(company(2))]).toEqual([true, false]);
    await embed();
    expect(await becomes(false, () => lacks(company(1)))).toBe(false);
    await write("two", 2);
    expect(await becomes(true, () => lacks(company(2)))).toBe(true);
    expect(await lacks(company(1))).toBe(false);
  });

  it("looks over the chunks once while nothing changes", async () => {
    let looked = 0;
    const counting = new Proxy(connection.client, {
      get: (client, name) => {
        if (name !== "unsafe") return Reflect.get(client, name) as unknown;
        return (text: string, ...rest: never[]) => {
          if (text.includes("not exists")) looked += 1;
          return client.unsafe(text, ...rest);
        };
      },
    });
    const watched = { ...connection, client: counting };
    const lacks = unembeddedAccess(watched, admittedSets(connection), RESTLESS);
    for (let asked = 0; asked < 20; asked++) await lacks(company(1));
    expect(looked).toBe(1);
    await write("three", 3);
    expect(await becomes(true, () => lacks(company(3)))).toBe(true);
    expect(looked).toBe(2);
  });
});
