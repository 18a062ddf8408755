import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, it, vi } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { openIngestion } from "../../ingest/ingestion.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { odooOfPolicy } from "../support/odoo-of-policy.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTestDatabase, PATIENCE, TEST_DIMENSIONS } from "../support/test-database.ts";
import { oneEmbedder } from "../support/one-embedder.ts";

it("takes over what changes in the folder while it runs, also who may read it", { timeout: PATIENCE }, async () => {
  const documentsDirectory = mkdtempSync(join(tmpdir(), "groundwork-watched-"));
  const put = (name: string, text: string) => writeFileSync(join(documentsDirectory, name), text);
  put("a.md", "alpha");
  const config = { ...readConfig({}), documentsDirectory };
  const odoo = odooOfPolicy();
  const opened = await openTestDatabase();
  const { database } = opened;
  const embedders = oneEmbedder(bagOfWordsEmbedder(TEST_DIMENSIONS));
  const ingestion = openIngestion({ config, log: silentLog, database, embedders, odoo, syncAccount: null });
  const ending = new AbortController();
  const { firstReading, ended } = ingestion.start(ending.signal);
  try {
    await firstReading;
    const becomes = async (keys: readonly string[], unreadable: readonly string[]) =>
      vi.waitFor(
        async () => {
          const held = await database.ingested.states(`folder:${basename(documentsDirectory)}`);
          expect([...held.keys()].toSorted()).toEqual(keys);
          expect((await database.ingested.unreadable(9)).map(({ key }) => key)).toEqual(unreadable);
        },
        { timeout: 20_000, interval: 50 },
      );
    await becomes(["a.md"], ["a.md"]);
    put("b.md", "---\naccess: { public: true }\n---\nbeta");
    await becomes(["a.md", "b.md"], ["a.md"]);
    put("access.yaml", "defaults: { access: { public: true } }");
    await becomes(["a.md", "b.md"], []);
    rmSync(join(documentsDirectory, "access.yaml"));
    await becomes(["a.md", "b.md"], ["a.md"]);
    rmSync(join(documentsDirectory, "a.md"));
    await becomes(["b.md"], []);
  } finally {
    ending.abort();
    await ended;
    await ingestion[Symbol.asyncDispose]();
    await opened.discard();
    rmSync(documentsDirectory, { recursive: true, force: true });
  }
});
