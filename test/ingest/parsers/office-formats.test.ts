import { describe, expect, it } from "vitest";
import { detectFormat } from "../../../ingest/parsers/choose-parser.ts";
import { docxParser } from "../../../ingest/parsers/docx.ts";
import { odfParser } from "../../../ingest/parsers/odf.ts";
import { pptxParser } from "../../../ingest/parsers/pptx.ts";
import { rtfParser } from "../../../ingest/parsers/rtf.ts";
import { parserContract } from "../../contracts/parser.ts";
import { docxOf, heading, outline } from "./sample-files.ts";
import { odfOf, pptxOf, runOf, shapeOf } from "./zip-of.ts";
import { AlignmentType, Document, LevelFormat, Packer, Paragraph } from "docx";

const TABLE =
  "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow='1'/>" +
  [
    ["Article", "Price"],
    ["Anchor", "1.20"],
  ]
    .map(
      (row) =>
        `<a:tr>${row.map((cell) => `<a:tc><a:txBody><a:p>${runOf(cell)}</a:p></a:txBody></a:tc>`).join("")}</a:tr>`,
    )
    .join("") +
  "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>";

const deck = (): Promise<Buffer> =>
  pptxOf(
    [
      shapeOf("body", [`<a:pPr><a:buChar char="•"/></a:pPr>${runOf("Net 60")}${runOf(" days")}`]) +
        shapeOf("title", [runOf("Kestrel terms")]) +
        shapeOf("sldNum", [runOf("17")]),
      `<p:grpSp>${shapeOf(null, [`${runOf("one")}<a:br/>${runOf("two")}`])}</p:grpSp>${TABLE}`,
    ],
    {
      "ppt/slides/_rels/slide2.xml.rels":
        '<Relationships><Relationship Id="n" Target="../notesSlides/notes.xml"/></Relationships>',
      "ppt/notesSlides/notes.xml": `<p:notes><p:cSld><p:spTree>${shapeOf("body", [runOf("say it slowly")])}</p:spTree></p:cSld></p:notes>`,
    },
  );

const LIST = `<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/></text:list-style>`;
const OUTLINE = `<text:outline-style><text:outline-level-style text:level="1" style:num-format="1"/><text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>`;
const agreement = (): Promise<Buffer> =>
  odfOf(
    "text",
    `<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
     <text:h text:outline-level="1">Prices</text:h><text:h text:outline-level="2">Term<text:note><text:note-body><text:p>see 9</text:p></text:note-body></text:note></text:h>
     <text:p>Net<text:s text:c="2"/>30<office:annotation><text:p>comment</text:p></office:annotation> days</text:p>
     <text:list text:style-name="L"><text:list-item><text:p>First</text:p><text:list><text:list-item><text:p>Inner</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>Second</text:p></text:list-item></text:list>
     <table:table><table:table-row><table:table-cell><text:p>Article</text:p></table:table-cell><table:table-cell><text:p>Price</text:p></table:table-cell></table:table-row>
     <table:table-row><table:table-cell><text:p>Anchor</text:p></table:table-cell><table:table-cell><text:p>1.20</text:p></table:table-cell></table:table-row></table:table>`,
    { styles: OUTLINE, automatic: LIST },
  );

const RICH = String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Nobody}}\f0 Gr\'f6\'dfe \u8364? 5{\v hidden} net\par 4.2 Quotes\par A\cell B\cell\row}`;

parserContract("pptx", pptxParser, async () => ({
  name: "a.pptx",
  bytes: await deck(),
  words: ["Kestrel terms", "Net 60 days", "say it slowly", "one", "Anchor"],
}));
parserContract("odf", odfParser, async () => ({
  name: "a.odt",
  bytes: await agreement(),
  words: ["Prices", "30 days", "First", "Anchor"],
}));
parserContract("rtf", rtfParser, () => ({ name: "a.rtf", bytes: Buffer.from(RICH), words: ["Größe € 5 net", "4.2"] }));

describe("pptxParser", () => {
  it("reads slides in their order as pages, with title, items, tables and notes, and without slide numbers", async () => {
    const parsed = await pptxParser.parse(await deck(), "a.pptx");
    expect(outline(parsed)).toEqual([
      "heading1: Kestrel terms",
      "list-item: - Net 60 days",
      "paragraph: say it slowly",
      "paragraph: one\ntwo",
      "table-row: Article: Anchor; Price: 1.20",
    ]);
    expect(parsed.blocks.map(({ page }) => page)).toEqual([1, 1, 1, 2, 2]);
    expect(parsed.pages).toBe(2);
  });

  it("reads the values of a chart", async () => {
    const series = `<c:ser><c:tx><c:pt><c:v>Sales</c:v></c:pt></c:tx><c:cat><c:pt><c:v>2025</c:v></c:pt></c:cat><c:val><c:pt><c:v>17</c:v></c:pt></c:val></c:ser>`;
    const bytes = await pptxOf(
      [`<p:graphicFrame><a:graphic><a:graphicData><c:chart r:id="c"/></a:graphicData></a:graphic></p:graphicFrame>`],
      {
        "ppt/slides/_rels/slide1.xml.rels":
          '<Relationships><Relationship Id="c" Target="/ppt/charts/chart1.xml"/></Relationships>',
        "ppt/charts/chart1.xml": `<c:chartSpace><c:chart>${series}</c:chart></c:chartSpace>`,
      },
    );
    expect(outline(await pptxParser.parse(bytes, "a.pptx"))).toEqual(["table-row: 2025; Sales: 17"]);
  });

  it("follows no relationship out of the archive", async () => {
    const bytes = await pptxOf([shapeOf("title", [runOf("kept")])], {
      "ppt/slides/_rels/slide1.xml.rels":
        '<Relationships><Relationship Id="n" TargetMode="External" Target="file:///ppt/notesSlides/x.xml"/><Relationship Id="m" Target="../../../../etc/passwd"/></Relationships>',
    });
    expect((await pptxParser.parse(bytes, "a.pptx")).text).toBe("kept");
  });
});

const page = (text: string): string =>
  `<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame></draw:page>`;

describe("odfParser", () => {
  it("writes out the numbers of headings and lists, footnotes and spaces, and leaves out comments and deleted text", async () => {
    expect(outline(await odfParser.parse(await agreement(), "a.odt"))).toEqual([
      "heading1: 1 Prices",
      "heading2: 1.1 Term [see 9]",
      "paragraph: Net  30 days",
      "list-item: 1. First",
      "list-item: 1.1 Inner",
      "list-item: 2. Second",
      "table-row: Article: Anchor; Price: 1.20",
    ]);
  });

  it("reads the sheets of a spreadsheet, and no repeated emptiness", async () => {
    const bytes = await odfOf(
      "spreadsheet",
      `<table:table table:name="Prices"><table:table-row><table:table-cell><text:p>Article</text:p></table:table-cell><table:table-cell><text:p>Price</text:p></table:table-cell></table:table-row>
       <table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>Bolt</text:p></table:table-cell><table:table-cell><text:p>0.35</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
       <table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`,
    );
    expect(outline(await odfParser.parse(bytes, "a.ods"))).toEqual([
      "heading1: Prices",
      "table-row: Article: Bolt; Price: 0.35",
      "table-row: Article: Bolt; Price: 0.35",
    ]);
  });

  it("refuses a sheet that repeats a row a million times", async () => {
    const row = `<table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>`;
    const bytes = await odfOf("spreadsheet", `<table:table>${row}</table:table>`);
    await expect(odfParser.parse(bytes, "a.ods")).rejects.toMatchObject({ code: "parser-limit" });
  });

  it("reads slides as pages", async () => {
    const parsed = await odfParser.parse(await odfOf("presentation", page("One") + page("Two")), "a.odp");
    expect(outline(parsed)).toEqual(["heading1: One", "heading1: Two"]);
    expect(parsed.blocks.map(({ page: number }) => number)).toEqual([1, 2]);
  });

  it("says that a document is protected with a password", async () => {
    const manifest =
      "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    const bytes = await odfOf("text", "<text:p>x</text:p>", { manifest });
    await expect(odfParser.parse(bytes, "a.odt")).rejects.toMatchObject({ code: "encrypted-file" });
  });

  it("refuses elements that are nested without end", async () => {
    const bytes = await odfOf("text", `${"<text:section>".repeat(5000)}x`);
    await expect(odfParser.parse(bytes, "a.odt")).rejects.toMatchObject({ code: "parser-limit" });
  });
});

describe("rtfParser", () => {
  it("reads characters of code pages and of Unicode, rows of tables, and no hidden text or properties", async () => {
    expect((await rtfParser.parse(Buffer.from(RICH), "a.rtf")).text).toBe("Größe € 5 net\n\n4.2 Quotes\nA | B");
  });

  it("refuses groups that are nested without end", async () => {
    const deep = Buffer.from(`{\\rtf1 ${"{".repeat(5000)}x`);
    await expect(rtfParser.parse(deep, "a.rtf")).rejects.toMatchObject({ code: "parser-limit" });
  });
});

const level = (index: number, text: string) =>
  ({ level: index, format: LevelFormat.DECIMAL, text, alignment: AlignmentType.START }) as const;
const clause = (text: string, index: number): Paragraph =>
  new Paragraph({ text, numbering: { reference: "clauses", level: index } });

const numbered = async (): Promise<Buffer> => {
  return Packer.toBuffer(
    new Document({
      numbering: {
        config: [
          {
            reference: "clauses",
            levels: [
              level(0, "Article %1"),
              level(1, "%1.%2"),
              { ...level(2, "(%3)"), format: LevelFormat.LOWER_LETTER },
            ],
          },
        ],
      },
      sections: [
        {
          children: [
            heading("Agreement"),
            clause("Prices", 0),
            clause("Quotes are needed.", 1),
            clause("Deviations need consent.", 1),
            clause("in writing", 2),
            clause("by both", 2),
            new Paragraph("Unnumbered."),
            clause("Delivery", 0),
            clause("Late goods are refused.", 1),
            new Paragraph({ text: "a point", bullet: { level: 0 } }),
          ],
        },
      ],
    }),
  );
};

describe("docxParser and automatic numbers", () => {
  it("writes the numbers of clauses that Word counts by itself, so that they can be cited", async () => {
    expect(outline(await docxParser.parse(await numbered(), "a.docx"))).toEqual([
      "heading1: Agreement",
      "list-item: Article 1 Prices",
      "list-item: 1.1 Quotes are needed.",
      "list-item: 1.2 Deviations need consent.",
      "list-item: (a) in writing",
      "list-item: (b) by both",
      "paragraph: Unnumbered.",
      "list-item: Article 2 Delivery",
      "list-item: 2.1 Late goods are refused.",
      "list-item: - a point",
    ]);
  });

  it("reads a document without numbers as it was", async () => {
    expect(outline(await docxParser.parse(await docxOf([heading("A"), new Paragraph("b")]), "a.docx"))).toEqual([
      "heading1: A",
      "paragraph: b",
    ]);
  });
});

describe("detectFormat of office files", () => {
  it.each([
    ["a presentation named .zip", deck, "a.zip", "pptx"],
    ["a text document", agreement, "a", "odf"],
    ["rich text", async () => Buffer.from(RICH), "a.doc", "rtf"],
  ] as const)("knows %s", async (_case, make, name, format) => {
    expect(await detectFormat(await make(), name)).toBe(format);
  });
});
