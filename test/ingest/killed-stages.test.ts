import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { killIngestion } from "../../eval/benchmarks/kill-ingestion.ts";
import { writeMixedCorpus } from "../../eval/benchmarks/mixed-corpus.ts";
import { PATIENCE } from "../support/test-database.ts";

const KILLS = 3;

const folder = mkdtempSync(join(tmpdir(), "groundwork-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("all stages of ingestion, killed at random moments and started again", { timeout: 5 * PATIENCE }, () => {
  it("end with every document, span, access, vector and failure of an undisturbed run", async () => {
    const documents = await writeMixedCorpus(join(folder, "documents"), 24);
    const directory = join(folder, "data");
    mkdirSync(directory);
    const { undisturbed, killed, differences } = await killIngestion({ directory, documents, limit: 2, times: KILLS });
    expect(killed).toHaveLength(KILLS);
    expect(undisturbed.get("chunks")?.length).toBeGreaterThan(50);
    expect(undisturbed.get("chunk_vectors")).toHaveLength(undisturbed.get("chunks")?.length ?? 0);
    const failures = undisturbed.get("ingestion_failures")?.join("\n");
    expect(failures).toContain("notes/broken.pdf");
    expect(failures).toContain("notes/misspelt.md");
    expect(differences.join(""), JSON.stringify(killed)).toBe("");
  });
});
