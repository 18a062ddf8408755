import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";

import { afterEach, describe, expect, it } from "vitest";

import { openDatabase } from "../../../infra/db/open-database.ts";
import { EVERYTHING } from "../../support/filter.ts";
import { PATIENCE, TEST_DIMENSIONS, testDataDirectory } from "../../support/test-database.ts";
import { firstSpace } from "../../support/one-embedder.ts";

const OPEN = new URL("../../../infra/db/open-database.ts", import.meta.url).href;
const DOCUMENT = new URL("../../support/test-document.ts", import.meta.url).href;
const ROUNDS = 2;
const ACKNOWLEDGED_BEFORE_KILL = 25;
const CHUNKS = ["one", "two", "three"];

/** Writes documents without end, each with new content, and says so on standard output after each. */
const writer = (dataDirectory: string, round: number) => `
  const { openDatabase } = await import(${JSON.stringify(OPEN)});
  const { testDocument } = await import(${JSON.stringify(DOCUMENT)});
  const { database } = await openDatabase({ dataDirectory: ${JSON.stringify(dataDirectory)} });
  const space = await database.vectorSpaces.want({ id: "test", dimensions: ${TEST_DIMENSIONS}, origin: {} });
  const vector = Float32Array.of(1, 0, 0, 0);
  for (let each = 0; ; each++) {
    const id = "r${round}-" + each;
    const parts = ["main", "cost"].map((key) => ({ key, chunks: ${JSON.stringify(CHUNKS)}, access: { user_id: [each] } }));
    const document = testDocument(id, parts);
    await database.ingested.write([document]);
    await database.vectors.add(space, new Map(document.parts.flatMap((part) => part.chunks.map((chunk) => [chunk.id, vector]))));
    process.stdout.write(id + "\\n");
  }`;

describe("a process killed in the middle of writing", () => {
  let dataDirectory = "";
  afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

  it("leaves every acknowledged document whole and no other in part", { timeout: PATIENCE }, async () => {
    dataDirectory = await testDataDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...(await killedWhileWriting(writer(dataDirectory, round))));
    }
    const { database } = await openDatabase({ dataDirectory });
    const states = await database.ingested.states("odoo:test");
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_BEFORE_KILL);
    expect(acknowledged.filter((id) => !states.has(id))).toEqual([]);
    const parts = await database.readable.parts({ limit: 100_000 }, EVERYTHING);
    expect(parts).toHaveLength(states.size * 2);
    expect(parts.filter((part) => part.spans.length !== CHUNKS.length)).toEqual([]);
    const unembedded = await database.vectors.documentsUnembedded(firstSpace(TEST_DIMENSIONS), "", 1_000);
    expect(unembedded.filter((id) => acknowledged.includes(id))).toEqual([]);
    await database.close();
  });
});

async function killedWhileWriting(program: string): Promise<string[]> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.split("\n").length > ACKNOWLEDGED_BEFORE_KILL) child.kill("SIGKILL");
  });
  await once(child, "close");
  return said.split("\n").slice(0, -1);
}
