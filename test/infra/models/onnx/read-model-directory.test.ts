import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openOnnxEmbedder } from "../../../../infra/models/onnx/open-onnx-embedder.ts";
import { readModelDirectory } from "../../../../infra/models/onnx/read-model-directory.ts";
import { cosine, describeEmbedderContract } from "../../../contracts/embedder.ts";
import { writeTinyModel } from "./tiny-model.ts";

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "model-"));
});

afterAll(async () => {
  await rm(scratch, { recursive: true });
});

async function open(name: string, files: Readonly<Record<string, unknown>> = {}) {
  return openOnnxEmbedder(await readModelDirectory(await writeTinyModel(join(scratch, name), files)), { threads: 1 });
}

const pooling = (mode: string) => ({ "1_Pooling/config.json": { [mode]: true } });

describeEmbedderContract("a model in a directory", () => open("contract"));

describe("a sentence-transformers directory", () => {
  it("is embedded as it was trained: pooling, window and prompts are those that it states", async () => {
    const directory = await writeTinyModel(join(scratch, "stated"), {
      "modules.json": [
        { type: "sentence_transformers.models.Transformer", path: "" },
        { type: "sentence_transformers.models.Pooling", path: "1_Pooling" },
      ],
      "1_Pooling/config.json": { word_embedding_dimension: 8, pooling_mode_cls_token: true },
      "sentence_bert_config.json": { max_seq_length: 128 },
      "config_sentence_transformers.json": { prompts: { query: "query: ", passage: "passage: " } },
    });
    expect(await readModelDirectory(directory)).toMatchObject({
      id: expect.stringMatching(/^onnx\/stated\/first\/128\/[0-9a-f]{16}$/),
      pooling: "first",
      maximumTokens: 128,
      prefixes: { question: "query: ", text: "passage: " },
    });
  });

  it("gives questions and texts the vectors of what the model was trained to see before them", async () => {
    const prompts = { "config_sentence_transformers.json": { prompts: { query: "query: ", passage: "passage: " } } };
    const [plain, prompted] = [await open("plain"), await open("prompted", prompts)];
    const [asText] = await prompted.embed(["late deliveries"], undefined, "text");
    const [asQuestion] = await prompted.embed(["late deliveries"], undefined, "question");
    const [text, question] = await plain.embed(["passage: late deliveries", "query: late deliveries"]);
    await Promise.all([plain.close(), prompted.close()]);
    expect(cosine(asText, text)).toBeCloseTo(1, 5);
    expect(cosine(asQuestion, question)).toBeCloseTo(1, 5);
    expect(cosine(asText, asQuestion)).toBeLessThan(0.999);
  });

  it("takes the mean, the first or the last token, as it states", async () => {
    const embedders = await Promise.all(
      ["pooling_mode_mean_tokens", "pooling_mode_cls_token", "pooling_mode_lasttoken"].map((mode) =>
        open(mode, pooling(mode)),
      ),
    );
    const texts = ["late deliveries", "early payment"];
    const [mean, first, last] = await Promise.all(embedders.map((embedder) => embedder.embed(texts)));
    await Promise.all(embedders.map((embedder) => embedder.close()));
    // The markers at both ends are the same in every text.
    expect(cosine(first?.[0], first?.[1])).toBeCloseTo(1, 5);
    expect(cosine(last?.[0], last?.[1])).toBeCloseTo(1, 5);
    expect(cosine(first?.[0], last?.[0])).toBeLessThan(0.999);
    expect(cosine(mean?.[0], mean?.[1])).toBeLessThan(0.999);
  });

  it("has another id when any of its bytes or settings change", async () => {
    const directory = await writeTinyModel(join(scratch, "changing"));
    const before = await readModelDirectory(directory);
    const prefixed = await readModelDirectory(directory, { question: "query: " });
    await writeFile(join(directory, "sentence_bert_config.json"), JSON.stringify({ max_seq_length: 64 }));
    const after = await readModelDirectory(directory);
    expect(new Set([before.id, prefixed.id, after.id]).size).toBe(3);
  });

  it.each([
    [
      "a layer after pooling",
      { "modules.json": [{ type: "sentence_transformers.models.Dense", path: "2_Dense" }] },
      "Dense",
    ],
    ["another pooling", { "1_Pooling/config.json": { pooling_mode_max_tokens: true } }, "pooling_mode_max_tokens"],
    ["settings that are no JSON of theirs", { "modules.json": "?" }, "modules.json"],
  ])("is refused with %s, rather than embedded otherwise than it was trained", async (name, files, reason) => {
    const directory = await writeTinyModel(join(scratch, name.replaceAll(" ", "-")), files);
    await expect(readModelDirectory(directory)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining(reason),
    });
  });

  it("is refused without a model or with no tokenizer, by the name of what is missing", async () => {
    await expect(readModelDirectory(join(scratch, "nowhere"))).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("no .onnx file"),
    });
    const directory = await writeTinyModel(join(scratch, "bare"));
    await rm(join(directory, "tokenizer.json"));
    await expect(readModelDirectory(directory)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("tokenizer.json"),
    });
  });
});
