import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../../infra/models/port.ts";

const QUESTION = "Who approves orders above 5,000 euros?";
const CHUNKS = [
  "The finance manager approves every purchase order above 5,000 euros.",
  "Employees accrue two days of paid leave a month.",
  "",
  "The finance manager approves every purchase order above 5,000 euros.",
  "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich 🙂",
];

/** What every embedder promises, whatever is behind it. `open` gives a fresh one at each call; the suite closes it. */
export function describeEmbedderContract(name: string, open: () => Promise<Embedder>): void {
  describe(`${name} keeps the embedder's contract`, () => {
    let embedder: Embedder;

    beforeAll(async () => {
      embedder = await open();
    });

    afterAll(async () => {
      await embedder.close();
    });

    it("names itself and the length of its vectors", () => {
      expect(embedder.id).toMatch(/^\S+$/);
      expect(embedder.dimensions).toBeGreaterThan(0);
    });

    it("gives one vector of unit length for each text, empty ones included", async () => {
      const vectors = await embedder.embed(CHUNKS);
      expect(vectors.map((vector) => vector.length)).toEqual(CHUNKS.map(() => embedder.dimensions));
      for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    });

    it("keeps the order of the texts, whatever their number and lengths", async () => {
      const texts = Array.from({ length: 70 }, (_, index) => `${"chunk ".repeat((index * 7) % 23)}number ${index}`);
      const together = await embedder.embed(texts);
      for (const position of [0, 1, 33, 63, 64, 69]) {
        const [alone] = await embedder.embed([texts[position] ?? ""]);
        expect(cosine(together[position], alone)).toBeGreaterThan(0.999);
      }
    });

    it("gives equal texts equal vectors and different texts different ones", async () => {
      const [first, second, , again] = await embedder.embed(CHUNKS);
      expect(cosine(first, again)).toBeGreaterThan(0.999);
      expect(cosine(first, second)).toBeLessThan(0.999);
    });

    it("answers no texts with no vectors", async () => {
      expect(await embedder.embed([])).toEqual([]);
    });

    it("cuts a text of a million characters instead of failing", async () => {
      const [vector] = await embedder.embed(["word ".repeat(200_000)]);
      expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 4);
    });

    it("serves calls that overlap", async () => {
      const answers = await Promise.all(CHUNKS.map((text) => embedder.embed([text])));
      const expected = await embedder.embed(CHUNKS);
      for (const [position, [vector]] of answers.entries()) {
        expect(cosine(vector, expected[position])).toBeGreaterThan(0.999);
      }
    });

    it("refuses with `cancelled` when the signal has already fired", async () => {
      await expect(embedder.embed([QUESTION], AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
    });

    it("rejects with `cancelled` when the signal fires in the middle, and goes on working", async () => {
      const controller = new AbortController();
      const answer = embedder.embed(
        Array.from({ length: 500 }, (_, index) => `${QUESTION} ${index}`),
        controller.signal,
      );
      controller.abort();
      await expect(answer).rejects.toMatchObject({ code: "cancelled" });
      expect(await embedder.embed([QUESTION])).toHaveLength(1);
    });

    it("can be closed twice and is unavailable afterwards", async () => {
      const closing = await open();
      await closing.close();
      await closing.close();
      await expect(closing.embed([QUESTION])).rejects.toMatchObject({ code: "model-unavailable" });
    });
  });
}

/** The cosine of the angle between two vectors of unit length. */
export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return Number.NaN;
  return a.reduce((sum, component, position) => sum + component * (b[position] ?? Number.NaN), 0);
}
