import { describe, expect, it } from "vitest";
import { packSigns } from "../../infra/models/token-bits.ts";
import { withLateInteraction } from "../../retrieval/late-interaction.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const UP = [1, 1, 1, 1, 1, 1, 1, 1];
const DOWN = UP.map((value) => -value);
const HALF = [1, 1, 1, 1, -1, -1, -1, -1];
const signs = (...tokens: number[][]) => packSigns(Float32Array.from(tokens.flat()), UP.length);
const token = (word: string, values: number[]) => ({ word, values: Float32Array.from(values) });

const [first, second, third] = hitsOf([
  file({ key: "first", text: ["Notice is given in writing."] }),
  file({ key: "second", text: ["The contract ends after a year."] }),
  file({ key: "third", text: ["Prices are net."] }),
]).map((hit, at) => ({ ...hit, score: [0.6, 0.55, 0.1][at] ?? 0 }));
const hits = [first, second, third].filter((hit) => hit !== undefined);
const id = (at: number) => hits[at]?.chunk.chunkId ?? "";
const keys = (found: readonly (typeof hits)[number][]) => found.map(({ chunk }) => chunk.document.key);

describe("late interaction", () => {
  it("prefers the passage of which some token means what the question's token means, whatever the others mean", async () => {
    const bits = new Map([
      [id(0), signs(HALF, HALF)],
      [id(1), signs(DOWN, UP, DOWN)],
      [id(2), signs(DOWN)],
    ]);
    expect(keys(await withLateInteraction([token("terminate", UP)], hits, bits, 1))).toEqual([
      "second",
      "first",
      "third",
    ]);
  });

  it("lets a word that few hits hold count more than one that many hold", async () => {
    const bits = new Map([
      [id(0), signs(HALF)],
      [id(1), signs(UP)],
    ]);
    // Each meets one of the two words wholly and the other not at all; of the three hits one holds "notice", none "zebra".
    const found = await withLateInteraction([token("notice", HALF), token("zebra", UP)], hits, bits, 9);
    expect(keys(found)[0]).toBe("second");
  });

  it("keeps the scores of hits whose tokens are not held", async () => {
    const bits = new Map([
      [id(0), signs(UP)],
      [id(1), signs(DOWN)],
    ]);
    const found = await withLateInteraction([token("net", UP)], hits, bits, 1);
    expect(found.find(({ chunk }) => chunk.chunkId === id(2))?.score).toBe(0.1);
    expect(await withLateInteraction([token("net", UP)], hits, new Map(), 1)).toEqual(hits);
  });

  it("looks past stop words, and changes nothing at weight 0", async () => {
    const bits = new Map([
      [id(0), signs(DOWN)],
      [id(1), signs(UP)],
    ]);
    expect(await withLateInteraction([token("the", UP)], hits, bits, 1)).toEqual(hits);
    expect(await withLateInteraction([token("net", UP)], hits, bits, 0)).toEqual(hits);
  });
});
