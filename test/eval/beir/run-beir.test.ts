import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBeir } from "../../../eval/beir/run-beir.ts";
import { PATIENCE } from "../../support/test-database.ts";

const CORPUS = [
  {
    _id: "north#1",
    title: "Leave",
    text: "Employees have 30 days of paid vacation a year.",
    metadata: { org: "north" },
  },
  { _id: "north#2", title: "Travel", text: "Trains are preferred to planes.", metadata: { org: "north" } },
  { _id: "south 100%", title: "Leave", text: "Staff may take 22 days of vacation.", metadata: { org: "south" } },
  { _id: "north#1", title: "Leave", text: "The same id again.", metadata: { org: "north" } },
];
const QUERIES = [
  { _id: "q1", text: "How many vacation days are there?", metadata: { org: "south", brief: "vacation" } },
  { _id: "q2", text: "Plane or train?", metadata: { org: "north", brief: "planes", exclude: ["north#1"] } },
];

const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

describe("a BEIR folder", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-beir-test-"));
    writeFileSync(join(folder, "corpus.jsonl"), lines(CORPUS));
    writeFileSync(join(folder, "queries.jsonl"), lines(QUERIES));
    writeFileSync(join(folder, "qrels.tsv"), "query-id\tcorpus-id\tscore\nq1\tsouth 100%\t1\nq2\tnorth#2\t1\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ask = async (
    options: { readonly filter?: string; readonly question?: string; readonly qrels?: string } = {},
  ) => {
    const path = join(folder, "out.trec");
    const report = await runBeir({ folder, run: path, queries: "queries", data: join(folder, "data"), ...options });
    const written = readFileSync(path, "utf8").trimEnd().split("\n");
    return { report, run: written.map((line) => line.split("\t")) };
  };

  it("is asked through the search, filtered, and scored", { timeout: 3 * PATIENCE }, async () => {
    const { report, run } = await ask();
    expect(report.queries).toBe(2);
    expect(report.scores?.recall10).toBe(1);
    expect(run.map(([query, q0, id, rank]) => [query, q0, id, rank])).toContainEqual(["q2", "Q0", "north#2", "1"]);
    expect(run.filter(([query]) => query === "q1")).toHaveLength(3);
    expect(run.filter(([query]) => query === "q2").map(([, , id]) => id)).not.toContain("north#1");

    // The second run reuses the index of the first.
    const narrowed = await ask({ filter: "org", question: "brief" });
    expect(narrowed.run.map(([query, , id]) => [query, id])).toEqual([
      ["q1", "south 100%"],
      ["q2", "north#2"],
    ]);
    expect(narrowed.report.scores?.ndcg10).toBe(1);
    rmSync(join(folder, "qrels.tsv"));
    expect((await ask()).report.scores).toBeNull();
  });

  it("is refused before anything is ingested when it lacks a file", async () => {
    await expect(ask({ qrels: "other.tsv" })).rejects.toMatchObject({ code: "unreadable-file" });
    await expect(ask({ filter: "team" })).rejects.toThrow(/no metadata field “team”/);
  });
});
