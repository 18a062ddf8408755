import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { type Ingestion, type IngestionResources, openIngestion } from "../../ingest/ingestion.ts";
import type { IngestionProgress } from "../../ingest/stages/reading.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { odooOfPolicy } from "../support/odoo-of-policy.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTestDatabase, PATIENCE, TEST_DIMENSIONS, type TestDatabase } from "../support/test-database.ts";
import { oneEmbedder } from "../support/one-embedder.ts";

let opened: TestDatabase;
let resources: IngestionResources;
let ingestion: Ingestion;
const folders: string[] = [];

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "groundwork-synchronise-"));
  folders.push(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

async function keysOf(path: string): Promise<readonly string[]> {
  const name = path === resources.config.documentsDirectory ? basename(path) : path;
  return [...(await opened.database.ingested.states(`folder:${name}`)).keys()].toSorted();
}

beforeAll(async () => {
  opened = await openTestDatabase();
  const documentsDirectory = folder({ "a.md": "---\naccess: { public: true }\n---\nalpha", "b.txt": "beta" });
  resources = {
    config: { ...readConfig({}), documentsDirectory },
    log: silentLog,
    database: opened.database,
    embedders: oneEmbedder(bagOfWordsEmbedder(TEST_DIMENSIONS)),
    odoo: odooOfPolicy(),
    syncAccount: null,
  };
  ingestion = openIngestion(resources);
}, PATIENCE);
afterAll(async () => {
  await ingestion[Symbol.asyncDispose]();
  await opened.discard();
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

describe("bringing everything up to date", { timeout: PATIENCE }, () => {
  it("takes the policy first, then Odoo and the configured folder, and reports progress over all", async () => {
    const left: number[] = [];
    const onProgress = ({ stages }: IngestionProgress) =>
      left.push(stages.reduce((sum, { waiting, active }) => sum + waiting + active, 0));
    const reports = await ingestion.synchronise({ onProgress });
    expect(reports.map(({ source }) => source.split(":")[0])).toEqual(["odoo", "folder"]);
    expect(await keysOf(resources.config.documentsDirectory)).toEqual(["a.md", "b.txt"]);
    expect((await opened.database.policies.latest())?.users.length).toBeGreaterThan(10);
    expect(left[0]).toBeGreaterThan(0);
    expect(left.at(-1)).toBe(0);
  });

  it("remembers a folder that was added, does nothing twice, and forgets the failure of a file that is gone", async () => {
    const added = folder({ "c.md": "gamma", "bad.md": "---\naccess: { groups: [nowhere.group] }\n---\nx" });
    await ingestion.synchronise({ folder: added });
    expect(await keysOf(added)).toEqual(["c.md"]);
    expect(await opened.database.ingested.failures()).toMatchObject([{ key: "bad.md", code: "unknown-group" }]);
    rmSync(join(added, "bad.md"));
    writeFileSync(join(added, "d.md"), "delta");
    const reports = await ingestion.synchronise();
    expect(await keysOf(added)).toEqual(["c.md", "d.md"]);
    expect(reports.find(({ source }) => source === `folder:${added}`)).toMatchObject({ unchanged: 1, written: 1 });
    expect(await opened.database.ingested.failures()).toEqual([]);
  });

  it("keeps the documents of a folder that is gone for now, and goes on with the rest", async () => {
    const [lost, other] = [folder({ "e.md": "epsilon" }), folder({ "f.md": "phi" })];
    await ingestion.synchronise({ folder: lost });
    renameSync(lost, `${lost}-away`);
    folders.push(`${lost}-away`);
    const reports = await ingestion.synchronise({ folder: other });
    expect(await keysOf(lost)).toEqual(["e.md"]);
    expect(await keysOf(other)).toEqual(["f.md"]);
    expect(reports.map(({ source }) => source)).not.toContain(`folder:${lost}`);
    expect(reports.map(({ source }) => source)).toContain(`folder:${other}`);
  });
});
