import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { terms } from "../../../infra/chunk-index/terms.ts";
import { EVERYTHING } from "../../support/filter.ts";
import { openTestDatabase, type TestDatabase, PATIENCE } from "../../support/test-database.ts";
import { NO_VECTORS, testDocument, writeEmbedded } from "../../support/test-document.ts";

/** The formula as it stands in the textbook. */
function bm25(question: string, corpus: ReadonlyMap<string, string>): Map<string, number> {
  const texts = new Map([...corpus].map(([id, text]) => [id, terms(text)]));
  const averageLength = [...texts.values()].reduce((sum, text) => sum + text.length, 0) / texts.size;
  const scores = new Map<string, number>();
  const asked = terms(question);
  for (const term of new Set(asked)) {
    const times = asked.filter((each) => each === term).length;
    const holding = [...texts.values()].filter((text) => text.includes(term)).length;
    const weight = ((2 * times) / (times + 1)) * Math.log(1 + (texts.size - holding + 0.5) / (holding + 0.5));
    for (const [id, text] of texts) {
      const frequency = text.filter((each) => each === term).length;
      if (frequency === 0) continue;
      const score = (weight * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * text.length) / averageLength));
      scores.set(id, (scores.get(id) ?? 0) + score);
    }
  }
  return scores;
}

describe("the keyword list of pgvector's index", () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  }, PATIENCE);
  afterAll(() => opened.discard());

  it("scores as BM25 does", async () => {
    const word = fc.constantFrom("copper", "wire", "steel", "pipe", "glove", "P00012", "4.2", "order");
    const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(" "));
    const corpus = new Map(fc.sample(text, 60).map((each, position) => [`d${position}/main/0`, each]));
    for (const [id, each] of corpus) {
      const document = testDocument(id.split("/")[0] ?? "", [{ chunks: [each], access: {} }], { title: "" });
      await writeEmbedded(opened.database, document, NO_VECTORS);
    }
    for (const question of fc.sample(text, 40)) {
      const { keyword } = await opened.index.search({ text: question, vector: null, limit: 100 }, EVERYTHING);
      const expected = bm25(question, corpus);
      expect(new Set(keyword.map(({ chunkId }) => chunkId))).toEqual(new Set(expected.keys()));
      for (const { chunkId, score } of keyword) expect(score).toBeCloseTo(expected.get(chunkId) ?? Number.NaN, 9);
      expect(keyword.map(({ score }) => score)).toEqual(
        keyword.map(({ score }) => score).sort((left, right) => right - left),
      );
    }
  });
});
