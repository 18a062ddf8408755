import { describe, expect, it } from "vitest";
import { isTelling, wordsOf } from "../../../../infra/models/onnx/token-words.ts";

describe("the words of a model's tokens", () => {
  it("are whole for each of their pieces", () => {
    expect(wordsOf(["[CLS]", "har", "##bour", "##line", "pays", "[SEP]"])).toEqual([
      "[CLS]",
      "harbourline",
      "harbourline",
      "harbourline",
      "pays",
      "[SEP]",
    ]);
    expect(wordsOf(["##cut"])).toEqual(["##cut"]);
  });

  it("tell something unless they are markers, punctuation or stop words", () => {
    expect(["harbour", "42", "é"].every(isTelling)).toBe(true);
    expect(["[CLS]", "[SEP]", ".", "the", "of", ""].some(isTelling)).toBe(false);
  });
});
