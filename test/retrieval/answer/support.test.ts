import { describe, expect, it } from "vitest";
import type { Document } from "../../../infra/document.ts";
import type { Embedder } from "../../../infra/models/port.ts";
import { packSigns } from "../../../infra/models/token-bits.ts";
import { sourceSentences } from "../../../retrieval/answer/source-sentences.ts";
import { support } from "../../../retrieval/answer/support.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { file } from "../invented-files.ts";
import { hitsOf } from "../invented-hits.ts";

const DIMENSIONS = 64;
/** Likeness of the whole says nothing here. */
const NOTHING_ALIKE = { unrelated: 1, same: 2 };
const MEANINGS = ["ends", "expires", "prices", "net"] as const;

const wordsAlone: Embedder = { ...bagOfWordsEmbedder(DIMENSIONS), likeness: NOTHING_ALIKE };

/** Each meaning its own pattern of signs, as unlike the others as can be; `expires` means what `ends` does. */
const withTokens: Embedder = {
  ...wordsAlone,
  embedQuestion: async (question) => ({
    vector: new Float32Array(DIMENSIONS),
    tokens: wordsOf(question).map((word) => ({ word, values: meaning(word) })),
  }),
  embedWithTokens: async (texts) =>
    texts.map((text) => ({
      vector: new Float32Array(DIMENSIONS),
      tokens: packSigns(Float32Array.from(wordsOf(text).flatMap((word) => [...meaning(word)])), DIMENSIONS),
    })),
};

function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => MEANINGS.some((known) => known === word));
}

function meaning(word: string): Float32Array {
  const block = 2 ** (word === "expires" ? 0 : MEANINGS.findIndex((known) => known === word));
  return Float32Array.from({ length: DIMENSIONS }, (_, at) => (Math.floor(at / block) % 2 === 0 ? 1 : -1) / 8);
}

const GLOVES = file({
  key: "gloves.md",
  title: "Prices of Delta Safety Wear",
  text: ["A pair of nitrile gloves costs 4.20.", "A box holds ninety pairs.", "Delivery takes ten days."],
});
const WARRANTIES = file({
  key: "agreement.md",
  title: "Agreement with Kestrel",
  text: ["The warranty is two years.", "The warranty covers fasteners.", "Warranty work is free of charge."],
});
const QUESTION = "How long is the warranty of Delta Safety Wear on gloves?";

async function supportOf(quote: string, claim: string, documents: readonly Document[], embedder = wordsAlone) {
  const ranked = await support(claim, sourceSentences(hitsOf(documents)), embedder);
  return ranked.find(({ sentence }) => sentence.quote.includes(quote))?.support ?? 0;
}

describe("what supports a question", () => {
  it("is told by the sentence and its own document, whatever else was found", async () => {
    const alone = await supportOf("nitrile", QUESTION, [GLOVES]);
    expect(alone).toBeGreaterThan(0);
    expect(await supportOf("nitrile", QUESTION, [GLOVES, WARRANTIES])).toBe(alone);
    expect(await supportOf("nitrile", QUESTION, [WARRANTIES, GLOVES])).toBe(alone);
  });

  it("is not the name that the whole document stands under, when what is asked of it is missing", async () => {
    const answer = file({
      key: "a.md",
      title: "Delta Safety Wear",
      text: ["Gloves cost 4.20.", "The warranty is a year."],
    });
    const named = await supportOf("Gloves cost", "What is the warranty of Delta Safety Wear?", [answer]);
    const asked = await supportOf("warranty", "What is the warranty of Delta Safety Wear?", [answer]);
    expect(named).toBeLessThan(0.3);
    expect(asked).toBeGreaterThan(named + 0.1);
  });

  it("is found in other words, where the embedder tells what each word means", async () => {
    const terms = file({ key: "terms.md", text: ["It expires in May.", "Prices are net."] });
    const [words, tokens] = [
      await supportOf("expires", "What ends?", [terms]),
      await supportOf("expires", "What ends?", [terms], withTokens),
    ];
    expect(words).toBe(0);
    expect(tokens).toBeGreaterThan(0.1);
    expect(await supportOf("net", "What ends?", [terms], withTokens)).toBeLessThan(tokens / 2);
  });

  it("keeps its scale when nothing can be told of single words", async () => {
    const whole = await supportOf("nitrile", "nitrile gloves", [GLOVES]);
    // All terms held, nothing alike: one of the two signs there are.
    expect(whole).toBeCloseTo(0.5, 5);
  });
});
