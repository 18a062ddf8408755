import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMiniLm } from "../../../../infra/models/minilm/open-minilm.ts";
import type { Embedder } from "../../../../infra/models/port.ts";
import { cosine, describeEmbedderContract } from "../../../contracts/embedder.ts";
import { openReferenceEncoder } from "./reference-encoder.ts";

let cacheDirectory: string;
let embedder: Embedder;

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "minilm-"));
  embedder = await openMiniLm({ cacheDirectory, threads: 1 });
});

afterAll(async () => {
  await embedder.close();
  await rm(cacheDirectory, { recursive: true });
});

describeEmbedderContract("all-MiniLM-L6-v2", () => openMiniLm({ cacheDirectory, threads: 2 }));

describe("the tokens of all-MiniLM-L6-v2", () => {
  it("come with the vectors that the texts have without, 48 bytes for each piece of a telling word", async () => {
    const texts = ["The price of a laptop.", "", "of the and"];
    const vectors = await embedder.embed(texts);
    const told = await embedder.embedWithTokens?.(texts);
    expect(told?.map(({ tokens }) => tokens.length)).toEqual([2 * 48, 0, 0]);
    for (const [at, { vector }] of (told ?? []).entries()) expect(cosine(vector, vectors[at])).toBeCloseTo(1, 5);
  });

  it("of a question are its telling words in their order, each of length one", async () => {
    const question = "What is the price of a laptop?";
    const { vector, tokens = [] } = (await embedder.embedQuestion?.(question)) ?? {};
    expect(tokens.map(({ word }) => word)).toEqual(["price", "laptop"]);
    for (const { values } of tokens) expect(Math.hypot(...values)).toBeCloseTo(1, 5);
    const [same] = await embedder.embed([question], undefined, "question");
    expect(cosine(vector, same)).toBeCloseTo(1, 5);
  });
});

describe("the vectors of all-MiniLM-L6-v2", () => {
  it("have the similarities that sentence-transformers publishes for the fp32 model", async () => {
    const [weather, sunny, stadium] = await embedder.embed([
      "The weather is lovely today.",
      "It's so sunny outside!",
      "He drove to the stadium.",
    ]);
    expect(Math.abs(cosine(weather, sunny) - 0.666)).toBeLessThan(0.01);
    expect(Math.abs(cosine(weather, stadium) - 0.1046)).toBeLessThan(0.01);
    expect(Math.abs(cosine(sunny, stadium) - 0.1411)).toBeLessThan(0.01);
  });

  it("agree with the formulas of the paper computed without quantization", async () => {
    const reference = await openReferenceEncoder();
    const texts = ["", "Laptops need two quotes.", "Überweisung an 東京 GmbH: 1.234,56 € (invoice #42)"];
    const vectors = await embedder.embed(texts);
    for (const [position, text] of texts.entries()) {
      expect(cosine(vectors[position], reference(text))).toBeGreaterThan(0.997);
    }
  });

  it("are the same alone and beside longer texts in a batch", async () => {
    const texts = ["Short.", "A somewhat longer text about the approval of travel costs.", "Another one of two lines."];
    const together = await embedder.embed(texts);
    for (const [position, text] of texts.entries()) {
      const [alone] = await embedder.embed([text]);
      const difference = alone?.map((component, i) => Math.abs(component - (together[position]?.[i] ?? Infinity)));
      expect(Math.max(...(difference ?? [Infinity]))).toBeLessThan(1e-3);
    }
  });

  it("ignore what stands beyond 256 tokens and see what stands before", async () => {
    const window = "approval ".repeat(254);
    const [whole, longer, changed] = await embedder.embed([
      window,
      `${window} laptops and a holiday in Spain`,
      `a holiday in Spain ${window}`,
    ]);
    expect(cosine(whole, longer)).toBeGreaterThan(0.9999);
    expect(cosine(whole, changed)).toBeLessThan(0.9999);
  });

  it("come in time for a megabyte without any space", async () => {
    expect(await embedder.embed(["a".repeat(1_000_000), "漢".repeat(1_000_000)])).toHaveLength(2);
  });
});

describe("openMiniLm", () => {
  it("lets a question overtake ingestion that waits", async () => {
    const order: string[] = [];
    const ingestion = embedder.embed(Array.from({ length: 20 }, (_, i) => `${"approval ".repeat(150)}${i}`));
    const question = embedder.embed(["who approves?"]).then(() => order.push("question"));
    await Promise.all([ingestion.then(() => order.push("ingestion")), question]);
    expect(order).toEqual(["question", "ingestion"]);
  });

  it("fails what waits when it is closed", async () => {
    const closing = await openMiniLm({ cacheDirectory, threads: 1 });
    const waiting = closing.embed(Array.from({ length: 50 }, (_, i) => `${"approval ".repeat(200)}${i}`));
    const failure = expect(waiting).rejects.toMatchObject({ code: "model-unavailable" });
    await closing.close();
    await failure;
  });

  it("builds the model again when the cached file was cut short", async () => {
    const directory = await mkdtemp(join(cacheDirectory, "damaged-"));
    const name = (await readdir(cacheDirectory)).find((entry) => entry.endsWith(".onnx")) ?? "";
    await writeFile(join(directory, name), "cut short");
    const repaired = await openMiniLm({ cacheDirectory: directory, threads: 1 });
    const [expected] = await embedder.embed(["approval"]);
    const [vector] = await repaired.embed(["approval"]);
    await repaired.close();
    expect(cosine(vector, expected)).toBeGreaterThan(0.9999);
    expect(await readdir(directory)).toEqual([name]);
  });

  it("says which directory it needs when it cannot write there", async () => {
    const file = join(cacheDirectory, "a-file");
    await writeFile(file, "");
    const opening = openMiniLm({ cacheDirectory: join(file, "below"), threads: 1 });
    await expect(opening).rejects.toMatchObject({
      code: "model-unavailable",
      message: expect.stringContaining(join(file, "below")),
    });
  });
});
