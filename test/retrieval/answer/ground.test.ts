import { describe, expect, it } from "vitest";
import { ground } from "../../../retrieval/answer/ground.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { file } from "../invented-files.ts";
import { hitsOf } from "../invented-hits.ts";

const documents = [
  file({
    key: "policy.md",
    title: "Purchase policy",
    text: ["Orders above 25,000 USD are approved by the finance director.", "The canteen opens at noon."],
  }),
  file({
    key: "terms.md",
    title: "Terms of Voltaris",
    text: ["Payment is due 45 days after the invoice; the discount is 2.50 %."],
  }),
];
const hits = hitsOf(documents);
const check = (text: string, ...sources: readonly number[]) =>
  ground({ text, sources }, hits, bagOfWordsEmbedder(1024));

describe("a sentence of a model", () => {
  it("is shown with the exact span that carries it", async () => {
    const grounded = await check("Orders above 25,000 USD are approved by the finance director.", 1);
    const [span] = grounded?.spans ?? [];
    expect(span?.quote).toBe("Orders above 25,000 USD are approved by the finance director.");
    expect(documents[0]?.parts[0]?.text.slice(span?.start, span?.end)).toBe(span?.quote);
    expect(span?.document.title).toBe("Purchase policy");
  });

  it("is refused when it names no source, or none that there is", async () => {
    const text = "Orders above 25,000 USD are approved by the finance director.";
    for (const sources of [[], [0], [-1], [3], [999], [1.5]])
      expect(await check(text, ...sources), sources.join()).toBeNull();
    expect(await check(text, 99, 1)).not.toBeNull();
  });

  it("is refused when the source that it names does not carry it, though another would", async () => {
    expect(await check("Orders above 25,000 USD are approved by the finance director.", 2)).toBeNull();
  });

  it("is refused when a figure in it stands in none of its sources", async () => {
    expect(await check("Orders above 20,000 USD are approved by the finance director.", 1)).toBeNull();
    expect(await check("Orders above 2,500 USD are approved by the finance director.", 1)).toBeNull();
    expect(await check("Payment is due 4 days after the invoice.", 2)).toBeNull();
    expect(await check("Payment is due 45 days after the invoice of 2026.", 2)).toBeNull();
  });

  it("may write a figure in another way, also at the end of the sentence", async () => {
    expect(await check("The finance director approves orders above USD 25000.00.", 1)).not.toBeNull();
    expect(await check("The finance director approves orders above USD 25,000.", 1)).not.toBeNull();
    expect(await check("Payment is due after the invoice by days: 45.0.", 2)).not.toBeNull();
  });

  it("is refused when nothing in its source speaks of it", async () => {
    expect(await check("Wild horses graze on green mountains.", 1)).toBeNull();
  });
});
