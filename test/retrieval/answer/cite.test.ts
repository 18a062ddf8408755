import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CitedSentence, citedSentences } from "../../../retrieval/answer/cite.ts";

async function* stream(pieces: readonly string[]): AsyncIterable<string> {
  for (const piece of pieces) {
    await Promise.resolve();
    yield piece;
  }
}

async function cited(...pieces: readonly string[]): Promise<readonly CitedSentence[]> {
  const found: CitedSentence[] = [];
  for await (const sentence of citedSentences(stream(pieces))) found.push(sentence);
  return found;
}

const token = fc.oneof(
  fc.constantFrom(
    "The limit is ",
    "5,000 USD",
    "[1]",
    "[2]",
    " [13]",
    ". ",
    ".",
    "\n",
    ", ",
    " ",
    "[",
    "]",
    "[x]",
    "4.3 ",
    "é😀",
    "- ",
  ),
  fc.string({ maxLength: 6 }),
  fc.constantFrom("word ".repeat(180), "x".repeat(1990), "y".repeat(2001)),
);
const reply = fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join(""));

const letters = (text: string) => text.replaceAll(/\[\d{1,3}\]/g, "").replaceAll(/[^\p{L}]/gu, "");

describe("a model's reply, sentence by sentence", () => {
  it("is the same however it is cut into pieces", async () => {
    await fc.assert(
      fc.asyncProperty(reply, fc.array(fc.nat(3000), { maxLength: 12 }), async (text, cuts) => {
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
        const pieces = [...at, text.length].map((end, position) => text.slice(at[position - 1] ?? 0, end));
        expect(await cited(...pieces)).toEqual(await cited(text));
        if (text.length < 300) expect(await cited(...text.split(""))).toEqual(await cited(text));
      }),
    );
  });

  it("loses no words and invents no sources", async () => {
    await fc.assert(
      fc.asyncProperty(reply, async (text) => {
        const found = await cited(text);
        // A marker that a cut falls into is no marker; such long runs are no replies.
        fc.pre(!/[^\n[]{1500}/.test(text));
        expect(found.map((sentence) => letters(sentence.text)).join("")).toBe(letters(text));
        const named = new Set([...text.matchAll(/\[(\d{1,3})\]/g)].map(([, number]) => Number(number)));
        for (const { sources } of found) for (const source of sources) expect(named.has(source)).toBe(true);
      }),
    );
  });

  it("ends a sentence after its last marker, wherever the full stop stands", async () => {
    expect(await cited("A buyer decides [1]. A manager approves.[2][3] Two approve [4], [5].")).toEqual([
      { text: "A buyer decides.", sources: [1] },
      { text: "A manager approves.", sources: [2, 3] },
      { text: "Two approve.", sources: [4, 5] },
    ]);
  });

  it("begins a new sentence at a figure as well", async () => {
    expect(await cited("4.2 asks for a manager [1]. 4.3 asks for the director [2].")).toEqual([
      { text: "4.2 asks for a manager.", sources: [1] },
      { text: "4.3 asks for the director.", sources: [2] },
    ]);
  });

  it("keeps a sentence without marker as one that names no source", async () => {
    expect(await cited("Surely fine.\nThe limit is 5 [1].")).toEqual([
      { text: "Surely fine.", sources: [] },
      { text: "The limit is 5.", sources: [1] },
    ]);
  });

  it("takes list marks and repeated markers away", async () => {
    expect(await cited("- Net 45 days [2][2].\n* Ex works [1]\n")).toEqual([
      { text: "Net 45 days.", sources: [2] },
      { text: "Ex works", sources: [1] },
    ]);
  });

  it("gives a sentence as soon as it is complete, before the stream ends", async () => {
    const endless = (async function* () {
      yield "The limit is 5 [1]. T";
      await new Promise(() => {});
    })();
    const first = await citedSentences(endless)[Symbol.asyncIterator]().next();
    expect(first.value).toEqual({ text: "The limit is 5.", sources: [1] });
  });

  it("cuts a reply that never ends a sentence", async () => {
    const found = await cited(...Array.from({ length: 10_001 }, () => "x"));
    expect(found.map(({ text }) => text.length)).toEqual([2000, 2000, 2000, 2000, 2000, 1]);
  });

  it("is nothing when there are no words in it", async () => {
    expect(await cited("", " \n", "[1] ", "...")).toEqual([]);
  });
});
