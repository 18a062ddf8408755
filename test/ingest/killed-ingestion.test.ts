import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../infra/db/open-database.ts";
import { EVERYTHING } from "../support/filter.ts";
import { PATIENCE, testDataDirectory } from "../support/test-database.ts";
import { question } from "../support/one-embedder.ts";

const PROGRAM = new URL("../support/ingest-folder-child.ts", import.meta.url).pathname;
const DIMENSIONS = 8;
const FILES = 150;
const KILLS = 6;

const temporary: string[] = [];
afterAll(() => temporary.forEach((path) => rmSync(path, { recursive: true, force: true })));

describe("ingestion killed at random moments and started again", { timeout: 3 * PATIENCE }, () => {
  it("ends with what an undisturbed run writes, chunk by chunk, nothing lost and nothing twice", async () => {
    const folder = folderOfFiles();
    const [disturbed, undisturbed] = [await dataDirectory(), await dataDirectory()];
    await run(folder, undisturbed, null);

    const moments = Array.from({ length: KILLS }, () => ({
      after: Math.floor(Math.random() * 40),
      ms: Math.random() * 30,
    }));
    let reported = 0;
    for (const moment of moments) reported = Math.max(reported, (await run(folder, disturbed, moment)).written);
    const last = await run(folder, disturbed, null);

    const told = JSON.stringify(moments);
    expect(reported, told).toBeGreaterThan(0);
    expect(last.report, told).toMatchObject({ seen: FILES, failed: 0, removed: 0 });
    expect(last.report?.unchanged, `what earlier runs reported is not done again: ${told}`).toBeGreaterThanOrEqual(
      reported,
    );
    expect(await stateOf(disturbed), told).toEqual(await stateOf(undisturbed));
  });
});

interface Moment {
  /** Documents that the child reports as done before it is killed, and how long it lives on after that. */
  readonly after: number;
  readonly ms: number;
}

interface Ended {
  /** Documents that were reported as written or unchanged. */
  readonly written: number;
  readonly report: { readonly unchanged: number; readonly written: number } | null;
}

async function run(folder: string, data: string, moment: Moment | null): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, folder, data, String(DIMENSIONS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  let isDoomed = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (moment === null || isDoomed || writtenIn(said) < moment.after) return;
    isDoomed = true;
    void wait(moment.ms).then(() => child.kill("SIGKILL"));
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (moment === null) expect(code).toBe(0);
  const report = /^report (.*)$/m.exec(said)?.[1];
  return { written: writtenIn(said), report: report === undefined ? null : (JSON.parse(report) as Ended["report"]) };
}

function writtenIn(said: string): number {
  return Math.max(
    0,
    ...[...said.matchAll(/^done (\d+) (\d+)$/gm)].map(([, ...counts]) => Number(counts[0]) + Number(counts[1])),
  );
}

/** Everything that readers and the index can see, and the vectors. */
async function stateOf(data: string) {
  const { database, index } = await openDatabase({ dataDirectory: data });
  try {
    const parts = await database.readable.parts({ limit: 10_000 }, EVERYTHING);
    const states = await database.ingested.states("folder:test");
    const counts = await database.ingested.counts();
    const vector = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    const found = await index.search({ text: "note", vector: question(vector), limit: 1000 }, EVERYTHING);
    expect(found.vector.length).toBe(counts[0]?.chunks);
    const vectors = found.vector.map(({ chunkId, score }) => `${chunkId} ${score.toFixed(5)}`).toSorted();
    return { parts, vectors, states: Object.fromEntries(states), counts, failures: await database.ingested.failures() };
  } finally {
    await database.close();
  }
}

async function dataDirectory(): Promise<string> {
  const directory = await testDataDirectory();
  temporary.push(directory);
  return directory;
}

function folderOfFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-files-"));
  temporary.push(folder);
  for (let each = 0; each < FILES; each += 1) {
    const sections = Array.from(
      { length: 1 + (each % 4) },
      (_, at) => `## Section ${at}\n\n${`Sentence ${each} of section ${at}. `.repeat(8)}\n`,
    );
    const text = `---\naccess: { public: true }\n---\n# Note ${each}\n\n${sections.join("\n")}`;
    writeFileSync(join(folder, `note-${String(each).padStart(3, "0")}.md`), text);
  }
  return folder;
}
