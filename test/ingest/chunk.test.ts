import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkId } from "../../ingest/chunk-id.ts";
import { chunkBlocks, chunkPart, MAXIMUM_CHARACTERS, type StructuredText } from "../../ingest/chunk.ts";
import type { BlockKind } from "../../ingest/parsers/port.ts";
import { TextBuilder } from "../../ingest/parsers/text-builder.ts";

interface Line {
  readonly kind: BlockKind;
  readonly text: string;
  readonly level?: number;
  readonly page?: number | null;
  readonly header?: string;
}

function structured(lines: readonly Line[]): StructuredText {
  const builder = new TextBuilder();
  for (const { kind, text, ...details } of lines) builder.add(kind, text, details);
  return builder.build();
}

function chunkTexts(source: StructuredText): string[] {
  return chunkBlocks(source).map(({ start, end }) => source.text.slice(start, end));
}

const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom("4.2 Quotes", "end.", "§ 7 Liability", "🧾🧾", "é", "—", "x".repeat(400), "👩‍👩‍👧".repeat(300)),
);
const line: fc.Arbitrary<Line> = fc.record({
  kind: fc.constantFrom<BlockKind>("heading", "paragraph", "list-item", "table-row", "code"),
  text: fc.array(word, { minLength: 1, maxLength: 60 }).map((words) => words.join(" ")),
  level: fc.integer({ min: 1, max: 6 }),
  page: fc.constantFrom(null, 1, 2),
});
const document = fc
  .array(line, { minLength: 1, maxLength: 20 })
  .filter((lines) => lines.some(({ text }) => /[\p{L}\p{N}]/u.test(text)))
  .map(structured);

describe("chunkBlocks", () => {
  it("gives ordered, separate, trimmed, bounded spans that cover all text and split no surrogate pair", () => {
    fc.assert(
      fc.property(document, (source) => {
        let position = 0;
        for (const { start, end } of chunkBlocks(source)) {
          const text = source.text.slice(start, end);
          expect(source.text.slice(position, start).trim()).toBe("");
          expect(text).toBe(text.trim());
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(MAXIMUM_CHARACTERS);
          expect(text.isWellFormed()).toBe(true);
          position = end;
        }
        expect(source.text.slice(position).trim()).toBe("");
      }),
    );
  });

  it("keeps a chunk on one page and gives it that page", () => {
    const source = structured([
      { kind: "paragraph", text: "On the first page.", page: 1 },
      { kind: "paragraph", text: "On the second page.", page: 2 },
    ]);
    expect(chunkBlocks(source).map(({ page }) => page)).toEqual([1, 2]);
  });

  it("merges small neighbours of a section and begins anew at the next heading", () => {
    const source = structured([
      { kind: "heading", text: "Returns", level: 1 },
      { kind: "paragraph", text: "First." },
      { kind: "paragraph", text: "Second." },
      { kind: "heading", text: "Refunds", level: 2 },
      { kind: "paragraph", text: "Third." },
    ]);
    expect(chunkTexts(source)).toEqual(["Returns\n\nFirst.\n\nSecond.", "Refunds\n\nThird."]);
  });

  it("gives each chunk the path of headings around it", () => {
    const source = structured([
      { kind: "heading", text: "Policy", level: 1 },
      { kind: "heading", text: "Thresholds", level: 2 },
      { kind: "paragraph", text: "Up to 5,000 USD." },
      { kind: "heading", text: "Records", level: 2 },
      { kind: "paragraph", text: "Kept ten years." },
    ]);
    expect(chunkBlocks(source).map(({ headings }) => headings)).toEqual([
      ["Policy", "Thresholds"],
      ["Policy", "Records"],
    ]);
  });

  it("begins a chunk at each numbered clause", () => {
    const first = `4.1 The buyer decides up to 5,000 USD. ${"More is said about it. ".repeat(4)}`.trim();
    const second = `4.2 Above that a manager approves. ${"More is said about it. ".repeat(4)}`.trim();
    const source = structured([
      { kind: "paragraph", text: first },
      { kind: "paragraph", text: second },
    ]);
    expect(chunkTexts(source)).toEqual([first, second]);
  });

  it("keeps a clause whole that is longer than the target", () => {
    const clause = `4.2 Quotes. ${"Three quotes are needed here. ".repeat(34)}`.trim();
    expect(chunkTexts(structured([{ kind: "paragraph", text: clause }]))).toEqual([clause]);
  });

  it("does not take a figure at the start of a line for a clause", () => {
    const source = structured([
      {
        kind: "paragraph",
        text: "The loss in storage came to a total that was quite a bit higher than expected, namely",
      },
      { kind: "paragraph", text: "3.2 % of the stock." },
    ]);
    expect(chunkBlocks(source)).toHaveLength(1);
  });

  it("cuts a long paragraph where sentences end", () => {
    const source = structured([{ kind: "paragraph", text: "This sentence is one of a great many here. ".repeat(80) }]);
    for (const text of chunkTexts(source)) expect(text).toMatch(/^This .*here\.$/su);
  });

  it("puts the header of table rows into the headings of their chunk", () => {
    const source = structured([
      { kind: "heading", text: "Prices", level: 1 },
      { kind: "table-row", text: "VC-100 | 12.40", header: "Article | Price" },
      { kind: "table-row", text: "VC-200 | 13.10", header: "Article | Price" },
    ]);
    expect(chunkBlocks(source).map(({ headings }) => headings)).toEqual([["Prices", "Article | Price"]]);
  });

  it("does work in proportion to one endless line", () => {
    const chunks = chunkBlocks(structured([{ kind: "paragraph", text: "a".repeat(1_000_000) }]));
    expect(chunks).toHaveLength(Math.ceil(1_000_000 / 900));
  });
});

describe("chunkPart", () => {
  const part = {
    key: "main",
    ...structured([
      { kind: "code", text: "same" },
      ...Array.from({ length: 3 }, () => ({ kind: "paragraph" as const, text: "Twin. ".repeat(140) })),
    ]),
  };

  it("gives twins different ids and the same input the same ids", () => {
    const first = chunkPart({ documentId: "d", title: "T", part }).map(({ id }) => id);
    expect(new Set(first).size).toBe(first.length);
    expect(chunkPart({ documentId: "d", title: "T", part }).map(({ id }) => id)).toEqual(first);
  });

  it("gives each chunk the text of its span", () => {
    for (const chunk of chunkPart({ documentId: "d", title: "T", part })) {
      expect(part.text.slice(chunk.start, chunk.end)).toBe(chunk.text);
    }
  });
});

describe("chunkId", () => {
  const identity = { documentId: "d", part: "main", title: "T", headings: ["H"], text: "text", occurrence: 0 };

  it("is 24 hexadecimal digits", () => {
    expect(chunkId(identity)).toMatch(/^[0-9a-f]{24}$/u);
  });

  it.each([
    { documentId: "e" },
    { part: "base.group_user" },
    { title: "U" },
    { headings: [] },
    { text: "other" },
    { occurrence: 1 },
  ])("changes with %o", (change) => {
    expect(chunkId({ ...identity, ...change })).not.toBe(chunkId(identity));
  });
});
