import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emlParser } from "../../../ingest/parsers/eml.ts";
import { htmlParser } from "../../../ingest/parsers/html.ts";
import { markdownParser } from "../../../ingest/parsers/markdown.ts";
import type { Parser } from "../../../ingest/parsers/port.ts";
import { safeName } from "../../../ingest/parsers/safe-name.ts";
import { delimitedParser, textParser } from "../../../ingest/parsers/text.ts";
import { xmlParser } from "../../../ingest/parsers/xml.ts";
import { expectSound, parserContract } from "../../contracts/parser.ts";
import { outline } from "./sample-files.ts";

const read = async (parser: Parser, text: string): Promise<string[]> =>
  outline(await parser.parse(Buffer.from(text), "file"));

const MAIL = [
  "From: Cora <cora@copperhead.example>",
  "To: bo@harbourline.example",
  "Subject: Quote for building wire",
  "Date: Mon, 02 Nov 2026 10:00:00 +0100",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  "Content-Type: text/html; charset=utf-8",
  "",
  "<p>We offer <b>12.10</b> USD.</p><blockquote>What is your price?</blockquote><img src='http://tracker.example/x.png'>",
  "--b",
  'Content-Type: text/plain; name="../../etc/pass wd.txt"',
  'Content-Disposition: attachment; filename="../../etc/pass wd.txt"',
  "",
  "attached",
  "--b--",
].join("\r\n");

parserContract("markdown", markdownParser, () => ({
  name: "a.md",
  bytes: Buffer.from("# Re\u0301sume\u0301\r\n\r\n- one\r\n- two\r\n\r\n| A | B |\r\n|-|-|\r\n| 1 | 2 |\r\n"),
  words: ["Résumé", "one", "two", "1"],
}));
parserContract("html", htmlParser, () => ({
  name: "a.html",
  bytes: Buffer.from("<h2>Terms</h2><p>Net&nbsp;30<ul><li>one<li>two</ul>"),
  words: ["Terms", "Net 30", "one", "two"],
}));
parserContract("xml", xmlParser, () => ({
  name: "a.xml",
  bytes: Buffer.from("<?xml version='1.0'?><a><b>one</b><c>two</c></a>"),
  words: ["one", "two"],
}));
parserContract("eml", emlParser, () => ({
  name: "a.eml",
  bytes: Buffer.from(MAIL),
  words: ["From: ", "Subject: Quote", "12.10", "What is your price?"],
}));
parserContract("text", textParser, () => ({
  name: "a.txt",
  bytes: Buffer.from("\uFEFFFirst\u0000 line\r\n\r\n4.2 Quotes are needed.\r\n- item"),
  words: ["First line", "4.2", "item"],
}));
parserContract("delimited", delimitedParser, () => ({
  name: "a.csv",
  bytes: Buffer.from("article,price\nVC-100,12.40\n"),
  words: ["article", "VC-100"],
}));

describe("markdownParser", () => {
  it("reads structure and leaves the marks out", async () => {
    expect(
      await read(
        markdownParser,
        "# A *policy*\n\n4.1 The **buyer** [decides](http://x).\n\n2. two\n   - inner\n3. three\n\n| Limit | Who |\n|--|--|\n| 5,000 | buyer |\n\n```\na  b\n```\n<!-- hidden -->\n",
      ),
    ).toEqual([
      "heading1: A policy",
      "paragraph: 4.1 The buyer decides.",
      "list-item: 2. two",
      "list-item: - inner",
      "list-item: 3. three",
      "table-row: Limit: 5,000; Who: buyer",
      "code: a  b",
    ]);
  });

  it("returns the front matter as plain data and not as text", async () => {
    const parsed = await markdownParser.parse(Buffer.from("---\ntitle: Returns\ngroups: [a, b]\n---\nBody\n"), "a.md");
    expect(parsed).toMatchObject({
      title: "Returns",
      frontMatter: { title: "Returns", groups: ["a", "b"] },
      text: "Body",
    });
  });

  it.each([
    ["broken YAML", "---\na: [1\n---\nBody"],
    ["front matter that never ends", "---\naccess: all\nBody"],
    ["a custom tag", "---\na: !!js/function x\n---\nBody"],
    [
      "aliases that multiply",
      `---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n---\nBody`,
    ],
  ])("fails on %s rather than read the file without its access rules", async (_case, source) => {
    await expect(markdownParser.parse(Buffer.from(source), "a.md")).rejects.toMatchObject({ code: "unreadable-file" });
  });

  it("takes a rule at the start for what it is", async () => {
    expect(await read(markdownParser, "---\n\nBody")).toEqual(["paragraph: Body"]);
  });
});

describe("htmlParser", () => {
  it("passes over what runs, what loads and what nobody sees", async () => {
    const source =
      "<title>T</title><script>a()</script><style>b{}</style><iframe src=http://x>c</iframe><p hidden>d</p><p style='display: none'>e</p>f<img src=http://x alt=g>";
    expect(await read(htmlParser, source)).toEqual(["paragraph: f"]);
  });

  it("reads tables of data by their header and tables of layout as they come", async () => {
    const source =
      "<table><tr><td><h1>Order</h1><p>Below</p><table><tr><th>Article<th>Price<tr><td>VC-100<td>12.40</table>After</td></tr></table>";
    expect(await read(htmlParser, source)).toEqual([
      "heading1: Order",
      "paragraph: Below",
      "table-row: Article: VC-100; Price: 12.40",
      "paragraph: After",
    ]);
  });

  it("refuses 100,000 nested elements", async () => {
    await expect(htmlParser.parse(Buffer.from("<div>".repeat(100_000)), "a.html")).rejects.toMatchObject({
      code: "parser-limit",
    });
  });

  it("keeps its promises on any markup", async () => {
    const markup = fc.array(
      fc.oneof(
        fc.constantFrom(
          "<p>",
          "</p>",
          "<table>",
          "</table>",
          "<tr>",
          "<td>",
          "<th>",
          "</td>",
          "<ul>",
          "<ol>",
          "<li>",
          "</li>",
          "</ul>",
          "<h2>",
          "</h2>",
          "<br>",
          "<!--",
          "-->",
          "<script>",
          "</script>",
          "<div hidden>",
          "</div>",
          "&amp;",
          "&#0;",
        ),
        fc.string({ maxLength: 8 }),
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(markup, async (pieces) => {
        expectSound(await htmlParser.parse(Buffer.from(`<p>start</p>${pieces.join("")}`), "a.html"));
      }),
    );
  });
});

describe("xmlParser", () => {
  it("reads each value under its name", async () => {
    const source =
      "<Invoice xmlns:cbc='x'><cbc:Note>Hi</cbc:Note><Total><cbc:TaxAmount currencyID='EUR'>19.00</cbc:TaxAmount></Total></Invoice>";
    expect(await read(xmlParser, source)).toEqual([
      "list-item: Invoice / Note: Hi",
      "list-item: Total / Tax Amount: 19.00 EUR",
    ]);
  });

  it("expands no entity of the file's own", async () => {
    const source =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY l "lol">]><a><b>x &e; &l;</b></a>';
    const [only] = await read(xmlParser, source);
    expect(only).toBe("list-item: a / b: x &e; &l;");
  });
});

describe("emlParser", () => {
  it("puts the headers first, reads HTML, keeps what is quoted and returns attachments with safe names", async () => {
    const parsed = await emlParser.parse(Buffer.from(MAIL), "a.eml");
    expect(outline(parsed)).toEqual([
      'list-item: From: "Cora" <cora@copperhead.example>',
      "list-item: To: bo@harbourline.example",
      "list-item: Date: 2026-11-02 09:00 UTC",
      "list-item: Subject: Quote for building wire",
      "paragraph: We offer 12.10 USD.",
      "paragraph: What is your price?",
    ]);
    expect(parsed.title).toBe("Quote for building wire");
    expect(parsed.attachments.map(({ name, bytes }) => [name, Buffer.from(bytes).toString().trim()])).toEqual([
      ["pass wd.txt", "attached"],
    ]);
  });
});

describe("safeName", () => {
  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\x\\offer.pdf", "offer.pdf"],
    ["..", ""],
    ["a\u202Efdp.exe", "afdp.exe"],
    ["line\nbreak\u0000.txt", "line break.txt"],
    ['con<>:"|?*.txt', "con_______.txt"],
    [`${"long".repeat(100)}.xlsx`, `${"long".repeat(100).slice(0, 115)}.xlsx`],
  ])("makes %j harmless", (raw, safe) => {
    expect(safeName(raw)).toBe(safe);
  });
});

describe("textParser", () => {
  it("parts paragraphs, clauses, items and headings", async () => {
    expect(
      await read(textParser, "GENERAL TERMS\n\nFirst line\nsecond line\n4.2 Three quotes are needed.\n- one\n- two\n"),
    ).toEqual([
      "heading2: GENERAL TERMS",
      "paragraph: First line\nsecond line",
      "paragraph: 4.2 Three quotes are needed.",
      "list-item: - one",
      "list-item: - two",
    ]);
  });

  it.each(["utf-16le", "latin1"] as const)("reads %s", async (encoding) => {
    const mark = encoding === "utf-16le" ? "\uFEFF" : "";
    expect((await textParser.parse(Buffer.from(`${mark}Größe`, encoding), "a.txt")).text).toBe("Größe");
  });

  it("leaves out characters that nobody sees", async () => {
    const smuggled = "obey".replaceAll(/./gu, (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)));
    expect((await textParser.parse(Buffer.from(`pay\u200B ment${smuggled}\u202E`), "a.txt")).text).toBe("pay ment");
  });

  it("reads a megabyte without a line break", async () => {
    expect((await textParser.parse(Buffer.alloc(1_000_000, "a"), "a.txt")).text).toHaveLength(1_000_000);
  });
});

describe("delimitedParser", () => {
  it("gives each row the first as its header", async () => {
    const { blocks } = await delimitedParser.parse(Buffer.from("article,price\nVC-100,12.40\n"), "a.csv");
    expect(blocks.map(({ header }) => header)).toEqual([undefined, "article | price"]);
  });

  it.each([
    ["a;b\n1;2", ["a | b", "1 | 2"]],
    ["a\tb\n1\t", ["a | b", "1 |"]],
    ['name,"one, two"\n"say ""hi""","over\ntwo lines"', ["name | one, two", 'say "hi" | over two lines']],
    ['inch 5",6\n"open', ['inch 5" | 6', '"open']],
    ["sep=;\na;b,c", ["a | b,c"]],
  ])("reads %j", async (text, rows) => {
    const parsed = await delimitedParser.parse(Buffer.from(text), "a.csv");
    expect(outline(parsed)).toEqual(rows.map((row) => `table-row: ${row}`));
  });

  it("reads anything", async () => {
    const unit = fc.constantFrom('"', ",", ";", "\n", "\r", "a", " ", "|", "\t", "=", "ß", "\u0000");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit }), async (text) => {
        expectSound(await delimitedParser.parse(Buffer.from(`x${text}`), "a.csv"));
      }),
    );
  });
});
