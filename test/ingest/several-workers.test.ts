import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { type OpenedDatabase, openDatabase } from "../../infra/db/open-database.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { type Ingestion, openIngestion } from "../../ingest/ingestion.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTestServerDatabase, PATIENCE, TEST_DIMENSIONS, type TestDatabase } from "../support/test-database.ts";
import { oneEmbedder, firstSpace } from "../support/one-embedder.ts";

const url = process.env["TEST_DATABASE_URL"];
if (url === undefined) {
  process.stderr.write(
    "\nNOT TESTED: several workers over one Postgres. Set TEST_DATABASE_URL to a Postgres with pgvector.\n",
  );
}

const FILES = 120;

describe.skipIf(url === undefined)("several processes over one Postgres", { timeout: 3 * PATIENCE }, () => {
  let first: TestDatabase;
  let second: OpenedDatabase;
  const folder = mkdtempSync(join(tmpdir(), "groundwork-workers-"));
  const embedders = [bagOfWordsEmbedder(TEST_DIMENSIONS), bagOfWordsEmbedder(TEST_DIMENSIONS)] as const;

  beforeAll(async () => {
    first = await openTestServerDatabase(url ?? "");
    second = await openDatabase({ databaseUrl: first.address ?? "" });
    for (let each = 0; each < FILES; each += 1) {
      const text = `---\naccess: { public: true }\n---\n# Note ${each}\n\n${`Sentence ${each} of a note. `.repeat(40)}`;
      writeFileSync(join(folder, `note-${each}.md`), text);
    }
  }, PATIENCE);
  afterAll(async () => {
    await second.database.close();
    await first.discard();
    rmSync(folder, { recursive: true, force: true });
  });

  function open({ database }: OpenedDatabase, embedder: (typeof embedders)[number]): Ingestion {
    const config = { ...readConfig({}), documentsDirectory: folder };
    const odoo = openSnapshotSource(config.odoo.kind === "snapshot" ? config.odoo.path : "");
    return openIngestion({
      config,
      log: silentLog,
      database,
      embedders: oneEmbedder(embedder),
      odoo,
      syncAccount: null,
    });
  }

  it("share the work, of which one of them reads the sources", async () => {
    await using one = open(first, embedders[0]);
    await using other = open(second, embedders[1]);
    const [stopOne, stopOther] = [new AbortController(), new AbortController()];
    const started = one.start(stopOne.signal);
    const alsoStarted = other.start(stopOther.signal);
    const readings = await Promise.all([started.firstReading, alsoStarted.firstReading]);
    expect(readings.map(({ length }) => length).toSorted((left, right) => left - right)).toEqual([0, 2]);
    const reports = readings.flat();
    const folderReport = reports.find(({ source }) => source.startsWith("folder:"));
    expect(folderReport).toMatchObject({ seen: FILES, written: FILES, failed: 0 });
    expect(reports.find(({ source }) => source.startsWith("odoo:"))?.written).toBeGreaterThan(1_000);
    expect(await first.database.vectors.documentsUnembedded(firstSpace(TEST_DIMENSIONS), "", 9)).toEqual([]);
    expect(embedders.every(({ seen }) => seen.length > 0)).toBe(true);
    expect((await first.database.ingested.failures()).map(({ code }) => code)).toEqual(["empty-file"]);
    stopOne.abort();
    stopOther.abort();
    await Promise.all([started.ended, alsoStarted.ended]);
    expect(await second.database.lease("ingestion").hold()).toBe(true);
  });
});
