import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { embeddersOver, openConfigured, openEmbedders } from "../../infra/embedders.ts";
import { cachedEmbedder } from "../../infra/models/cached-embedder.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { memorySpaces } from "../support/memory-spaces.ts";
import { silentLog } from "../support/silent-log.ts";
import { writeTinyModel } from "./models/onnx/tiny-model.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const [small, large] = [bagOfWordsEmbedder(4), bagOfWordsEmbedder(8)];

async function takingOver(openFormer = () => Promise.resolve<typeof small | null>(small)) {
  const spaces = memorySpaces();
  await embeddersOver(small, spaces);
  const embedders = await embeddersOver(large, spaces, { openFormer });
  return { spaces, embedders };
}

describe("the embedders while one takes over from another", () => {
  it("embed texts for both, questions for the one whose vectors are searched", async () => {
    const { embedders } = await takingOver();
    expect((await embedders.forTexts()).map(({ embedder }) => embedder.id)).toEqual([small.id, large.id]);
    expect(await embedders.embedQuestion("copper wire")).toMatchObject({
      space: { embedder: small.id, dimensions: 4 },
      values: { length: 4 },
    });
  });

  it("embed with the new one alone as soon as its vectors are searched", async () => {
    const { spaces, embedders } = await takingOver();
    await embedders.embedQuestion("copper wire");
    spaces.become(large.id);
    vi.advanceTimersByTime(2_000);
    expect((await embedders.forTexts()).map(({ embedder }) => embedder.id)).toEqual([large.id]);
    expect(await embedders.embedQuestion("copper wire")).toMatchObject({ space: { embedder: large.id } });
  });

  it("embed no question where the one whose vectors are searched cannot be had: nothing else may stand in for it", async () => {
    const { embedders } = await takingOver(() => Promise.resolve(null));
    expect(await embedders.embedQuestion("copper wire")).toBeNull();
    expect((await embedders.forTexts()).map(({ embedder }) => embedder.id)).toEqual([large.id]);
  });
});

describe("a question to an embedder that tells tokens", () => {
  it("is embedded in one pass, and asked once: vector and tokens come together, also from memory", async () => {
    let passes = 0;
    const telling = cachedEmbedder({
      ...large,
      embedQuestion: async (question, signal) => {
        passes += 1;
        const [vector = new Float32Array()] = await large.embed([question], signal);
        return { vector, tokens: [{ word: "copper", values: vector }] };
      },
    });
    const embedders = await embeddersOver(telling, memorySpaces());
    const first = await embedders.embedQuestion("copper wire");
    expect(first).toMatchObject({ space: { embedder: large.id }, values: { length: 8 }, tokens: [{ word: "copper" }] });
    expect(await embedders.embedQuestion("copper wire")).toEqual(first);
    expect(passes).toBe(1);
  });
});

describe("an embedder by setting", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "embedders-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const open = async (settings: Readonly<Record<string, string>>, spaces = memorySpaces()) => {
    const config = readConfig({ DATA_DIR: directory, EMBED_THREADS: "1", ...settings });
    return openEmbedders(
      await openConfigured(config),
      config,
      { ...spaces, known: () => Promise.resolve(null) },
      silentLog,
    );
  };

  it("is opened from a directory, and again from its name while another one takes over", async () => {
    const spaces = memorySpaces();
    const first = await writeTinyModel(join(directory, "first"));
    const second = await writeTinyModel(join(directory, "second"), {
      "1_Pooling/config.json": { pooling_mode_cls_token: true },
    });
    await (await open({ EMBED_MODEL_DIR: first }, spaces))[Symbol.asyncDispose]();
    await using embedders = await open({ EMBED_MODEL_DIR: second }, spaces);
    expect(embedders.configured.embedder.id).toContain("onnx/second/first/");
    expect((await embedders.embedQuestion("copper"))?.space.embedder).toContain("onnx/first/mean/");
  });

  it("is not stood in for by a directory that holds another model by now", async () => {
    const spaces = memorySpaces();
    const first = await writeTinyModel(join(directory, "first"));
    await (await open({ EMBED_MODEL_DIR: first }, spaces))[Symbol.asyncDispose]();
    await writeTinyModel(first, { "1_Pooling/config.json": { pooling_mode_cls_token: true } });
    await using embedders = await open({ EMBED_MODEL_DIR: first }, spaces);
    expect(await embedders.embedQuestion("copper")).toBeNull();
  });

  it("is remembered without its key, which goes to no other address than it was set with", async () => {
    const spaces = memorySpaces();
    const want = vi.spyOn(spaces, "want");
    const settings = {
      EMBED_MODEL: "m",
      EMBED_BASE_URL: "http://127.0.0.1:1/v1",
      EMBED_API_KEY: "hush",
      EMBED_DIMENSIONS: "3",
    };
    await (await open(settings, spaces))[Symbol.asyncDispose]();
    expect(want.mock.calls[0]?.[0]).toMatchObject({
      id: "openai-embedding/127.0.0.1:1/m/3",
      origin: { kind: "endpoint", baseUrl: "http://127.0.0.1:1/v1", model: "m" },
    });
    expect(JSON.stringify(want.mock.calls)).not.toContain("hush");
  });
});
