import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Document } from "../../infra/document.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { buildDocument } from "../../ingest/build-document.ts";
import { type IngestOptions, ingestSource } from "../../ingest/ingest-source.ts";
import { chooseParser } from "../../ingest/parsers/choose-parser.ts";
import type { ParsedFile, Parser } from "../../ingest/parsers/port.ts";
import { type FileParser, parseOnce } from "../../ingest/parse-once.ts";
import { filePart } from "../../ingest/sources/file-part.ts";
import { openFolder } from "../../ingest/sources/folder.ts";
import { anyOf } from "../../permissions/expression.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { embeddedAtOnce } from "../support/embedded-at-once.ts";
import { EVERYTHING, filterOf } from "../support/filter.ts";
import { memoryDocuments } from "../support/memory-documents.ts";
import {
  emptyCorpus,
  openTestDatabase,
  PATIENCE,
  TEST_DIMENSIONS,
  type TestDatabase,
} from "../support/test-database.ts";

/** What the pictures say that were recognised, in order. */
let recognised: string[] = [];
const scans = chooseParser({
  recognise: (image) => {
    const text = Buffer.from(image).toString("latin1").slice(2);
    recognised.push(text);
    return Promise.resolve([[{ text, x: 0, y: 20, width: 10 * text.length, height: 12, font: "" }]]);
  },
  close: () => Promise.resolve(),
});

const stated = (user: string): string => `defaults: { access: { users: [${user}] } }\n`;

const spansOf = ({ parts }: Document) =>
  parts.map(({ chunks }) =>
    chunks.map(({ start, end, page, headings, text }) => ({ start, end, page, headings, text })),
  );

/** Enough of a bitmap to be taken for one. */
const scan = (text: string): Buffer => Buffer.from(`BM${text}`, "latin1");

describe("files that are there more than once", { timeout: PATIENCE }, () => {
  let opened: TestDatabase;
  let root = "";

  beforeAll(async () => {
    opened = await openTestDatabase();
  }, PATIENCE);
  afterAll(() => opened.discard());
  beforeEach(async () => {
    recognised = [];
    await emptyCorpus(opened.database);
    root = mkdtempSync(join(tmpdir(), "groundwork-twins-"));
    return () => rmSync(root, { recursive: true, force: true });
  });

  function put(files: Readonly<Record<string, string | Buffer>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  }

  /** Each call as a process of its own would, unless it is given the parser of another. */
  async function ingest(
    folder: string,
    options: IngestOptions = {},
    parser: FileParser = parseOnce(scans, opened.database.ingested),
  ) {
    const source = openFolder(join(root, folder), `folder:${folder}`, {
      parser,
      policy: inventedPolicy(),
      maximumBytes: 1000,
    });
    const embedder = bagOfWordsEmbedder(TEST_DIMENSIONS);
    return ingestSource(source, embeddedAtOnce({ ...opened.database, embedder }), options);
  }

  const parts = (reader?: string) =>
    opened.database.readable.parts(
      { limit: 9 },
      reader === undefined ? EVERYTHING : filterOf(anyOf("readers", [`user:${reader}`])),
    );
  const keysOf = async (reader?: string) =>
    (await parts(reader)).map(({ document }) => `${document.source}/${document.key}`);

  it("are recognised once, each copy under its own access, name and title", async () => {
    const offer = scan("Net 30 days from the invoice on");
    put({ "a/access.yaml": stated("bo"), "a/offer.bmp": offer, "b/access.yaml": stated("mia"), "b/copy.bmp": offer });
    await ingest("a");
    expect(await ingest("b", { ocr: "refused" })).toMatchObject({ written: 1, failed: 0 });
    expect(recognised).toHaveLength(1);
    expect(await keysOf("bo")).toEqual(["folder:a/offer.bmp"]);
    expect(await keysOf("mia")).toEqual(["folder:b/copy.bmp"]);
    const [second, first] = await parts();
    expect(second?.document.title).toBe("copy.bmp");
    expect(second?.text).toBe("Net 30 days from the invoice on");
    expect(second?.spans).toEqual(first?.spans);
    expect(first?.spans).toMatchObject([{ start: 0, page: 1 }]);
  });

  it("stay whole when another copy is removed; with the last one, the text is gone", async () => {
    const offer = scan("Net 30 days");
    put({ "a/access.yaml": stated("bo"), "a/1.bmp": offer, "b/access.yaml": stated("mia"), "b/2.bmp": offer });
    await ingest("a");
    await ingest("b");
    rmSync(join(root, "a/1.bmp"));
    await ingest("a");
    expect((await parts("mia")).map(({ text }) => text)).toEqual(["Net 30 days"]);
    const found = await opened.index.search({ text: "days", vector: null, limit: 9 }, EVERYTHING);
    expect(found.keyword).toHaveLength(1);
    rmSync(join(root, "b/2.bmp"));
    await ingest("b");
    put({ "a/1.bmp": offer });
    await ingest("a");
    expect(recognised).toHaveLength(2);
  });

  it("are recognised once in one reading too, before the first is written, and by readings at the same time", async () => {
    const offer = scan("Net 30 days");
    put({ "a/1.bmp": offer, "a/2.bmp": offer, "a/3.bmp": scan("Another"), "b/4.bmp": offer });
    const parser = parseOnce(scans, opened.database.ingested);
    await Promise.all([ingest("a", {}, parser), ingest("b", {}, parser)]);
    expect(recognised.toSorted()).toEqual(["Another", "Net 30 days"]);
    expect(await keysOf()).toHaveLength(4);
  });

  it("are not recognised again when only their access changed", async () => {
    put({ "a/access.yaml": stated("bo"), "a/1.bmp": scan("Net 30 days") });
    await ingest("a");
    put({ "a/access.yaml": stated("mia") });
    await ingest("a");
    expect(recognised).toHaveLength(1);
    expect([await keysOf("bo"), await keysOf("mia")]).toEqual([[], ["folder:a/1.bmp"]]);
  });

  it("are each read for the access that they state themselves", async () => {
    put({ "a/1.md": "---\naccess: { users: [bo] }\n---\nNet 30", "b/access.yaml": stated("mia"), "b/2.md": "Net 30" });
    await ingest("a");
    put({ "b/3.md": "---\naccess: { users: [bo] }\n---\nNet 30" });
    await ingest("b");
    expect(await keysOf("bo")).toEqual(["folder:a/1.md", "folder:b/3.md"]);
    expect(await keysOf("mia")).toEqual(["folder:b/2.md"]);
  });

  it("are recognised once where other files hold them", async () => {
    const mail = [
      "From: Bo <bo@example.com>\r\nTo: Mia <mia@example.com>\r\nMIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the offer.',
      "--b\r\nContent-Type: image/bmp\r\nContent-Transfer-Encoding: base64",
      'Content-Disposition: attachment; filename="offer.bmp"',
      `\r\n${scan("Net 30 days").toString("base64")}\r\n--b--\r\n`,
    ].join("\r\n");
    put({ "a/1.bmp": scan("Net 30 days"), "a/2.eml": mail, "b/3.eml": mail });
    await ingest("a");
    await ingest("b");
    expect(recognised).toHaveLength(1);
    expect(await keysOf()).toEqual([
      "folder:a/1.bmp",
      "folder:a/2.eml",
      "folder:a/2.eml#1-offer.bmp",
      "folder:b/3.eml",
      "folder:b/3.eml#1-offer.bmp",
    ]);
  });
});

describe("parsing once", () => {
  const parsed: ParsedFile = {
    text: "Net 30",
    blocks: [{ kind: "paragraph", start: 0, end: 6, page: null }],
    attachments: [],
    pages: null,
    usedOcr: false,
    warnings: [],
  };
  const bytes = Buffer.from("the same");

  /** How often files were parsed that were asked for one after the other. */
  async function timesParsed(file: ParsedFile, names: readonly string[]): Promise<number> {
    let times = 0;
    const parser: Parser = { parse: () => Promise.resolve(((times += 1), file)) };
    const files = parseOnce(parser, memoryDocuments());
    for (const name of names) await files.parse(bytes, name);
    return times;
  }

  it("goes by the bytes and the name's extension, which may decide how they are read", async () => {
    expect(await timesParsed(parsed, ["a.pdf", "b.PDF", "c.csv"])).toBe(2);
  });

  it("shares nothing that was not read whole, holds other files or states something itself", async () => {
    const names = ["a.pdf", "b.pdf"];
    expect(await timesParsed({ ...parsed, warnings: ["Page 2 could not be read."] }, names)).toBe(2);
    expect(await timesParsed({ ...parsed, attachments: [{ name: "x", bytes }] }, names)).toBe(2);
    expect(await timesParsed({ ...parsed, frontMatter: {} }, names)).toBe(2);
  });

  it("gives a fault to who met it alone, and a withdrawal to who withdrew", async () => {
    const tries = [Promise.withResolvers<ParsedFile>(), Promise.withResolvers<ParsedFile>()];
    let times = 0;
    const parser: Parser = { parse: () => tries[times++]?.promise ?? Promise.resolve(parsed) };
    const files = parseOnce(parser, memoryDocuments());
    const stop = new AbortController();
    const [first, second, third] = [
      files.parse(bytes, "a.pdf"),
      files.parse(bytes, "b.pdf"),
      files.parse(bytes, "c.pdf", stop.signal),
    ];
    stop.abort();
    await expect(third).rejects.toMatchObject({ code: "cancelled" });
    tries[0]?.reject(new GroundworkError("parser-limit", "It took too long."));
    await expect(first).rejects.toMatchObject({ code: "parser-limit" });
    tries[1]?.resolve(parsed);
    expect((await second).text).toBe("Net 30");
    expect(times).toBe(2);
  });

  it("makes of a held twin the document that parsing would have made, whatever the text", async () => {
    const kind = fc.constantFrom("heading" as const, "paragraph" as const, "table-row" as const);
    const words = fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,120}$/);
    const sketch = fc.array(fc.record({ kind, words, page: fc.integer({ min: 1, max: 3 }) }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(sketch, fc.option(fc.constantFrom("en", "de")), async (sketched, language) => {
        let text = "";
        const blocks = sketched.map(({ words: each, ...rest }) => {
          const start = text.length;
          text += `${each}\n`;
          return { ...rest, start, end: start + each.length };
        });
        const own = { name: "invoice", label: "Invoice", value: "R-7", display: "R-7", start: 0, end: 1 };
        const file = { ...parsed, text, blocks, facts: [own], ...(language === null ? {} : { language }) };
        const ingested = memoryDocuments();
        const made = async (key: string, parser: Parser, record: string) => {
          const { language: found, ...read } = await parseOnce(parser, ingested).parse(bytes, `${key}.pdf`);
          const part = filePart(read, { user_ids: [1] }, [{ ...own, name: record }]);
          const metadata = found === undefined ? {} : { language: found };
          const head = { key, kind: "document", title: "T", model: "file", recordId: null, url: null, metadata };
          const document = buildDocument("folder:x", { ...head, parts: [part] }, "hash");
          await ingested.write([document]);
          return document;
        };
        const never: Parser = { parse: () => Promise.reject(new TypeError("a twin is held")) };
        const first = await made("a", { parse: () => Promise.resolve(file) }, "first");
        const second = await made("b", never, "second");
        expect(second.metadata).toEqual(first.metadata);
        expect(second.parts[0]?.facts).toEqual([{ ...own, name: "second" }, own]);
        expect(spansOf(second)).toEqual(spansOf(first));
        const parsedAnew = buildDocument("folder:x", { ...first, parts: [filePart(file, {})] }, "hash");
        expect(spansOf(first)).toEqual(spansOf(parsedAnew));
      }),
      { numRuns: 40 },
    );
  });
});
