import { describe, expect, it } from "vitest";
import { asksForFigure, saysMoreThan, statesFigure } from "../../../retrieval/answer/question-cues.ts";

describe("a question's cues", () => {
  it.each(["How much may I spend on meals?", "What penalty does Brightline owe?", "When is the bill due?"])(
    "see that a figure is asked for: %s",
    (question) => expect(asksForFigure(question)).toBe(true),
  );

  it.each(["Who audits the accounts?", "Why was the quote turned down?"])(
    "see that none is asked for: %s",
    (question) => expect(asksForFigure(question)).toBe(false),
  );
});

describe("a sentence's figures", () => {
  it.each(["1.5 % of the value", "Due Date: 2026-07-14", "within one hour", "every week", "above 25,000 USD"])(
    "are seen: %s",
    (sentence) => expect(statesFigure(sentence)).toBe(true),
  );

  it.each(["4.2 Penalties under SA-2024-031 are deducted", "P00012 is confirmed", "never netted without one"])(
    "are not names, clause numbers or pronouns: %s",
    (sentence) => expect(statesFigure(sentence)).toBe(false),
  );
});

describe("an echo", () => {
  it("says nothing that the question does not say", () => {
    expect(saysMoreThan("What are the payment terms of Voltaris?", "Payment terms of Voltaris")).toBe(false);
    expect(saysMoreThan("What are the payment terms of Voltaris?", "Payment terms: Net 45")).toBe(true);
  });
});
