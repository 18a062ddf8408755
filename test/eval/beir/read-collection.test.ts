import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { corpusFile, type QueryOptions, readPassages, readQueries } from "../../../eval/beir/read-collection.ts";
import { readLines } from "../../../eval/beir/read-lines.ts";
import { readJudgements } from "../../../eval/beir/read-qrels.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-collection-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}
async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
const json = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const passages = async (path: string) => collect(readPassages(path));
const queries = (options: Partial<QueryOptions> = {}) => readQueries(folder, { queries: "queries", ...options });

describe("reading a corpus", () => {
  it("reads plain and packed files alike", async () => {
    const lines = json({ _id: "1", title: "One", text: "first", metadata: { year: 2025 } }, { _id: 2, text: "second" });
    const expected = [
      { id: "1", title: "One", text: "first", metadata: { year: 2025 } },
      { id: "2", title: "", text: "second", metadata: {} },
    ];
    expect(await passages(write("plain.jsonl", lines))).toEqual(expected);
    write("corpus.jsonl.gz", gzipSync(lines));
    expect(await passages(corpusFile(folder))).toEqual(expected);
  });

  it("names the line that is broken, counting blank ones", async () => {
    const path = write("corpus.jsonl", `${json({ _id: "1", text: "first" })}\n{"_id": "2", "text"`);
    await expect(passages(path)).rejects.toMatchObject({ code: "unreadable-file", message: /line 3: it is not JSON/ });
    const untold = write("corpus.jsonl", json({ _id: "1", text: "first" }, { _id: "2" }));
    await expect(passages(untold)).rejects.toThrow(/line 2: text is wrong/);
    const tab = write("corpus.jsonl", json({ _id: "a\tb", text: "first" }));
    await expect(passages(tab)).rejects.toThrow(/line 1: _id is wrong \(holds a tab/);
  });

  it("says so when there is no corpus, or a packed one is cut short", async () => {
    expect(() => corpusFile(folder)).toThrow(/neither .*corpus\.jsonl nor .*corpus\.jsonl\.gz/);
    const packed = gzipSync(json(...Array.from({ length: 1000 }, (_, at) => ({ _id: at, text: `text ${at}` }))));
    const path = write("corpus.jsonl.gz", packed.subarray(0, packed.length - 200));
    await expect(passages(path)).rejects.toMatchObject({ code: "unreadable-file", message: /to its end/ });
  });

  it("puts a line together that comes in several pieces", async () => {
    const long = "ä".repeat(200_000);
    const read = await collect(readLines(write("lines.txt", `${long}\n\nshort`)));
    expect(read).toEqual([
      { number: 1, text: long },
      { number: 3, text: "short" },
    ]);
  });
});

describe("reading queries", () => {
  it("takes the question and the filter from metadata where told to", async () => {
    write("asked.jsonl", json({ _id: "q", text: "long", metadata: { org: 7, short: "brief", exclude: ["d1"] } }));
    expect(await queries({ queries: "asked" })).toEqual([
      { id: "q", text: "long", filter: null, exclude: new Set(["d1"]) },
    ]);
    expect(await queries({ queries: "asked", filter: "org", question: "short" })).toEqual([
      { id: "q", text: "brief", filter: { field: "org", value: "7" }, exclude: new Set(["d1"]) },
    ]);
  });

  it("names a field that a query lacks, and those that it has", async () => {
    write("queries.jsonl", json({ _id: "q", text: "?", metadata: { org: "a" } }));
    await expect(queries({ filter: "team" })).rejects.toThrow(/line 1: .*no metadata field “team”; it has “org”/);
    await expect(queries({ queries: "train" })).rejects.toThrow(/train\.jsonl/);
  });

  it("refuses a query that is there twice, and a file without any", async () => {
    write("queries.jsonl", json({ _id: "q", text: "a" }, { _id: "q", text: "b" }));
    await expect(queries()).rejects.toThrow(/line 2: the query q is there twice/);
    write("queries.jsonl", "\n");
    await expect(queries()).rejects.toThrow(/holds no query/);
  });
});

describe("reading judgements", () => {
  it("keeps what is relevant, under a heading or without", async () => {
    const expected = new Map([["q 1", new Map([["d#1", 2]])]]);
    write("qrels.tsv", "query-id\tcorpus-id\tscore\nq 1\td#1\t2\r\nq 1\td2\t0\n");
    expect(await readJudgements(folder)).toEqual(expected);
    write("qrels/dev.tsv", "q 1\td#1\t2\n");
    expect(await readJudgements(folder, "qrels/dev.tsv")).toEqual(expected);
  });

  it("finds none where there are none, but misses a file that is named", async () => {
    expect(await readJudgements(folder)).toBeNull();
    await expect(readJudgements(folder, "other.tsv")).rejects.toThrow(/other\.tsv/);
    write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\n");
    expect((await readJudgements(folder))?.size).toBe(1);
  });

  it("names the line that is broken", async () => {
    write("qrels.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\nq d 1\n");
    await expect(readJudgements(folder)).rejects.toThrow(/line 3: it should hold query, document and a whole number/);
  });
});
