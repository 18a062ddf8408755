import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { type Embedders, embeddersOver } from "../../infra/embedders.ts";
import { openIngestion } from "../../ingest/ingestion.ts";
import { embedQuestion } from "../../retrieval/embed-question.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { EVERYTHING } from "../support/filter.ts";
import { odooOfPolicy } from "../support/odoo-of-policy.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTestDatabase, PATIENCE, type TestDatabase } from "../support/test-database.ts";

let opened: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), "groundwork-switch-"));
const [former, next] = [bagOfWordsEmbedder(16), bagOfWordsEmbedder(32)];

beforeAll(async () => {
  opened = await openTestDatabase(16);
  for (const word of ["copper", "steel", "zinc"]) {
    writeFileSync(join(folder, `${word}.md`), `---\naccess: { public: true }\n---\n${word} is bought by weight.`);
  }
}, PATIENCE);
afterAll(async () => {
  await opened.discard();
  rmSync(folder, { recursive: true, force: true });
});

function ingestionWith(embedders: Embedders) {
  const config = { ...readConfig({}), documentsDirectory: folder };
  return openIngestion({
    config,
    log: silentLog,
    database: opened.database,
    embedders,
    odoo: odooOfPolicy(),
    syncAccount: null,
  });
}

async function nearest(embedders: Embedders) {
  const { vector, degraded } = await embedQuestion("copper is bought by weight", { embedders, log: silentLog });
  const found = await opened.index.search({ text: "", vector, limit: 9 }, EVERYTHING);
  return { embedder: vector?.space.embedder, found: found.vector.length, degraded };
}

describe("another embedder by setting", { timeout: PATIENCE }, () => {
  it("embeds everything anew beside what is searched, and takes over when it is done, once and for all", async () => {
    const { vectorSpaces } = opened.database;
    const one = await embeddersOver(former, vectorSpaces);
    {
      await using ingestion = ingestionWith(one);
      await ingestion.synchronise();
    }
    await vi.waitFor(async () => expect((await vectorSpaces.searched())?.embedder).toBe(former.id));

    const both = await embeddersOver(next, vectorSpaces, { openFormer: () => Promise.resolve(former) });
    expect(await nearest(both)).toEqual({ embedder: former.id, found: 3, degraded: null });
    next.down = true;
    {
      await using ingestion = ingestionWith(both);
      const stop = new AbortController();
      const { ended } = ingestion.start(stop.signal);
      // A model that is down keeps nobody from searching.
      expect(await nearest(both)).toEqual({ embedder: former.id, found: 3, degraded: null });
      next.down = false;
      await vi.waitFor(async () => expect((await vectorSpaces.searched())?.embedder).toBe(next.id), {
        timeout: PATIENCE,
        interval: 100,
      });
      await vi.waitFor(
        async () => expect(await nearest(both)).toEqual({ embedder: next.id, found: 3, degraded: null }),
        { timeout: PATIENCE, interval: 100 },
      );
      stop.abort();
      await ended;
    }
  });
});
