import { existsSync, mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openDatabase } from "../../../infra/db/open-database.ts";
import { EVERYTHING } from "../../support/filter.ts";
import { PATIENCE, testDataDirectory } from "../../support/test-database.ts";
import { NO_VECTORS, testDocument, writeEmbedded } from "../../support/test-document.ts";

describe("opening a database", { timeout: PATIENCE }, () => {
  let dataDirectory: string;

  beforeAll(async () => {
    dataDirectory = await testDataDirectory();
  }, PATIENCE);
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

  it("finds again what was there", async () => {
    const first = await openDatabase({ dataDirectory });
    await writeEmbedded(first.database, testDocument("a", [{ chunks: ["text"], access: {} }]), NO_VECTORS);
    await first.database.close();
    const second = await openDatabase({ dataDirectory });
    expect(await second.database.readable.parts({ limit: 1 }, EVERYTHING)).toHaveLength(1);
    await second.database.close();
  });

  it("twice at a time is refused, and the first goes on", async () => {
    const first = await openDatabase({ dataDirectory });
    await expect(openDatabase({ dataDirectory })).rejects.toMatchObject({
      code: "data-directory-busy",
    });
    await first.database.ping();
    await first.database.close();
  });

  it("answers with `database` once closed", async () => {
    const { database, index } = await openDatabase({ dataDirectory });
    await database.close();
    await expect(database.ping()).rejects.toMatchObject({ code: "database", retryable: true });
    await expect(index.search({ text: "copper", vector: null, limit: 1 }, EVERYTHING)).rejects.toMatchObject({
      code: "index",
    });
  });

  it("of a server that is not there fails as `database`, retryable, and tells no password", async () => {
    const refused = openDatabase({ databaseUrl: "postgres://groundwork:hush@127.0.0.1:1/groundwork" });
    await expect(refused).rejects.toMatchObject({
      code: "database",
      retryable: true,
      message: expect.not.stringContaining("hush") as unknown,
    });
    await expect(openDatabase({ databaseUrl: "not a url" })).rejects.toMatchObject({
      code: "configuration",
    });
  });

  it("does not hold up the event loop while a query runs", async () => {
    const { database } = await openDatabase({ dataDirectory });
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const written = Array.from({ length: 30 }, (_, position) =>
      writeEmbedded(database, testDocument(`d${position}`, [{ chunks: ["text"], access: {} }]), NO_VECTORS),
    );
    await Promise.all(written);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(10);
    await database.close();
  });
});

describe("opening a database where there is none", { timeout: PATIENCE }, () => {
  it("creates everything, also after a first start that was broken off", async () => {
    const parent = mkdtempSync(join(tmpdir(), "groundwork-test-"));
    const dataDirectory = join(parent, "new", "data");
    mkdirSync(join(dataDirectory, "pglite"), { recursive: true });
    writeFileSync(join(dataDirectory, "pglite", "PG_VERSION"), "18");
    writeFileSync(join(dataDirectory, "pglite.unfinished"), "");
    const { database, lock } = await openDatabase({ dataDirectory });
    expect(lock).not.toBeNull();
    expect([...(await database.ingested.counts())]).toEqual([]);
    await database.close();
    expect(existsSync(join(dataDirectory, "pglite.unfinished"))).toBe(false);
    rmSync(parent, { recursive: true });
  });

  it("says what to do when the files are not a database", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "groundwork-test-"));
    mkdirSync(join(dataDirectory, "pglite"));
    writeFileSync(join(dataDirectory, "pglite", "PG_VERSION"), "garbage");
    await expect(openDatabase({ dataDirectory })).rejects.toMatchObject({
      code: "database",
      message: expect.stringContaining("cannot be opened") as unknown,
    });
    rmSync(dataDirectory, { recursive: true });
  });
});
