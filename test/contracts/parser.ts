import { describe, expect, it } from "vitest";
import type { ParsedFile, Parser } from "../../ingest/parsers/port.ts";

export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Words of the file that its text must hold, in this order. */
  readonly words: readonly string[];
}

async function parseSample(parser: Parser, { bytes, name }: SampleFile): Promise<ParsedFile> {
  return parser.parse(bytes, name);
}

/** What every parser behind `ingest/parsers/port.ts` does with a file of its format that is whole. */
export function parserContract(name: string, parser: Parser, openSample: () => Promise<SampleFile> | SampleFile): void {
  describe(`${name} as a parser`, () => {
    it("reads the file's words in order", async () => {
      const { words } = await openSample();
      const { text } = await parseSample(parser, await openSample());
      let position = 0;
      for (const word of words) {
        const found = text.indexOf(word, position);
        expect(found, `"${word}" in ${JSON.stringify(text.slice(position, position + 300))}`).toBeGreaterThanOrEqual(0);
        position = found + word.length;
      }
    });

    it("gives blocks in order that are trimmed, not empty, and cover all text", async () => {
      expectSound(await parseSample(parser, await openSample()));
    });

    it("gives normalised text", async () => {
      const { text } = await parseSample(parser, await openSample());
      expect(text).toBe(text.normalize("NFC").trim());
      expect(text).not.toMatch(/[^\P{Cc}\n]|\r/u);
      expect(text.isWellFormed()).toBe(true);
    });

    it("gives headings a level from 1 to 6 and every other block none", async () => {
      for (const { kind, level } of (await parseSample(parser, await openSample())).blocks) {
        if (kind === "heading") expect([1, 2, 3, 4, 5, 6]).toContain(level);
        else expect(level).toBeUndefined();
      }
    });

    it("leaves the bytes that it is given as they are", async () => {
      const { bytes, name: fileName } = await openSample();
      const before = Buffer.from(bytes).toString("base64");
      await parser.parse(bytes, fileName);
      expect(Buffer.from(bytes).toString("base64")).toBe(before);
    });
  });
}

export function expectSound({ text, blocks }: ParsedFile): void {
  let position = 0;
  for (const { start, end } of blocks) {
    const block = text.slice(start, end);
    expect(text.slice(position, start).trim()).toBe("");
    expect(block).toBe(block.trim());
    expect(block.length).toBeGreaterThan(0);
    position = end;
  }
  expect(text.slice(position).trim()).toBe("");
}
