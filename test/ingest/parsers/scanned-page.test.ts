import { deflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ocr } from "../../../ingest/parsers/ocr.ts";
import { pdfParser } from "../../../ingest/parsers/pdf.ts";
import { ScannedPages } from "../../../ingest/parsers/scanned-page.ts";

const [WIDTH, HEIGHT] = [200, 100];
/** Shades that differ from row to row and from left to right. */
const SHADES = Uint8Array.from(
  { length: WIDTH * HEIGHT },
  (_, index) => (index % WIDTH) + Math.floor(index / WIDTH / 2),
);
const SIZE = { width: 72, height: 36 };

interface Scan {
  readonly page?: string;
  readonly content?: string;
  readonly dictionary?: string;
  readonly bytes?: Uint8Array;
  readonly objects?: readonly string[];
  readonly trailer?: string;
}

const PLAIN = "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode";

/** The picture, and a word set over it. */
const STAMPED = "q 72 0 0 36 0 0 cm /Im0 Do Q BT /F1 9 Tf 2 2 Td (Paid) Tj ET";

/** One page, of one inch by half an inch, that shows a picture of 200 dots an inch. */
function pdfWith({
  page = "",
  content = "q 72 0 0 36 0 0 cm /Im0 Do Q",
  dictionary = PLAIN,
  bytes = deflateSync(SHADES),
  objects = [],
  trailer = "",
}: Scan): Buffer {
  const streams = [
    [`<</Length ${content.length}>>`, Buffer.from(content)],
    [
      `<</Type/XObject/Subtype/Image/Width ${WIDTH}/Height ${HEIGHT}${dictionary}/Length ${bytes.length}>>`,
      Buffer.from(bytes),
    ],
  ] as const;
  const pieces = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 72 36]>>",
    `<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>/ExtGState<</GS 6 0 R>>/Font<</F1 7 0 R>>>>${page}>>`,
    ...streams.map(([head, data]) => Buffer.concat([Buffer.from(`${head}stream\n`), data, Buffer.from("\nendstream")])),
    "<</Type/ExtGState/ca 0.5>>",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ...objects,
  ].map((piece) => Buffer.from(piece));
  const body = pieces.map((piece, index) =>
    Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), piece, Buffer.from("\nendobj\n")]),
  );
  return Buffer.concat([
    Buffer.from("%PDF-1.7\n"),
    ...body,
    Buffer.from(`trailer<</Root 1 0 R/Size ${pieces.length + 1}${trailer}>>\n%%EOF`),
  ]);
}

const scan = (parts: Scan): ReturnType<ScannedPages["page"]> =>
  ScannedPages.read(pdfWith(parts), 1)?.page(1, SIZE) ?? null;
const headOf = (image: Uint8Array | undefined): string => Buffer.from(image ?? []).toString("latin1", 0, 12);

/** Of the right size, without any data: it is handed on unread. */
const JPEG = Buffer.from("ffd8ffe000104a46494600010100000100010000ffc0000b08006400c801011100ffd9", "hex");

/** What the parser hands to recognition. */
async function recognised(bytes: Uint8Array, refuses?: (image: Uint8Array) => boolean): Promise<Uint8Array[]> {
  const images: Uint8Array[] = [];
  const ocr: Ocr = {
    recognise: async (image) => {
      images.push(image);
      if (refuses?.(image) === true) throw new TypeError("unreadable");
      return [[{ text: "Penalty", x: 50, y: 25, width: 50, height: 10, font: "ocr" }]];
    },
    close: async () => undefined,
  };
  const parsed = await pdfParser(ocr).parse(bytes, "a.pdf");
  expect(parsed).toMatchObject({ text: "Penalty", usedOcr: true, warnings: [] });
  return images;
}

/** Of an image that is half as high as wide, and whose last bytes are its pixels. */
function shade(image: Uint8Array | undefined, width: number, x: number, y: number): number {
  return image?.[image.length - width * Math.round(width / 2) + y * width + x] ?? Number.NaN;
}

const word = (text: string, y: number) => [{ text, x: 50, y, width: 50, height: 10, font: "ocr" }];

describe("a scanned page", () => {
  it("gives its picture as it stands in the file, with its place", () => {
    const picture = scan({ content: "q 64.8 0 0 32.4 3.6 1.8 cm /Im0 Do Q" });
    expect(picture?.scale).toBeCloseTo(200 / 64.8);
    expect([picture?.left, picture?.top]).toEqual([3.6, expect.closeTo(1.8)]);
    expect(headOf(picture?.image)).toBe("P5\n200 100\n2");
    expect(Buffer.from(picture?.image.subarray(-SHADES.length) ?? [])).toEqual(Buffer.from(SHADES));
  });

  it("is handed to recognition without being painted", async () => {
    const images = await recognised(
      pdfWith({ dictionary: "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode", bytes: JPEG }),
    );
    expect(images).toEqual([JPEG]);
  });

  it("keeps text that was set over it as it stands in the file, in its place", async () => {
    const images: string[] = [];
    const ocr: Ocr = {
      recognise: async (image) => {
        images.push(headOf(image));
        return [word("Penalty", 25), word("Terms", 98)];
      },
      close: async () => undefined,
    };
    const { text } = await pdfParser(ocr).parse(pdfWith({ content: STAMPED }), "a.pdf");
    expect(images).toEqual(["P5\n200 100\n2"]);
    expect(text.replaceAll(/\s+/g, " ")).toBe("Penalty Paid Terms");
  });

  it("is known for one that shows pictures without decoding any, also where it has to be painted", () => {
    const pages = ["q 0 36 -72 0 72 0 cm /Im0 Do Q", "BT /F1 9 Tf (Paid) Tj ET"].map((content) =>
      ScannedPages.read(pdfWith({ content }), 1),
    );
    expect(pages.map((page) => page?.paintsPicture(1))).toEqual([true, false]);
  });

  it("is painted when the engine does not read its picture", async () => {
    const dictionary = "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter[/DCTDecode]";
    const images = await recognised(pdfWith({ dictionary, bytes: JPEG }), (image) => headOf(image).startsWith("ÿØ"));
    expect(images.map((image) => headOf(image).slice(0, 2))).toEqual(["ÿØ", "P5"]);
  });

  it("looks the same painted and taken from the file", async () => {
    const [painted] = await recognised(pdfWith({ page: "/Annots[<</Subtype/Square>>]" }));
    expect(headOf(painted)).toBe("P5\n250 125\n2");
    for (const [x, y] of [
      [20, 12],
      [20, 88],
      [180, 12],
      [180, 88],
    ] as const)
      expect(Math.abs(shade(painted, 250, x * 1.25, y * 1.25) - shade(SHADES, 200, x, y))).toBeLessThan(4);
  });

  it.each([
    [
      "a fax as TIFF",
      "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 200/Rows 100>>",
      "II*\0",
    ],
    [
      "what PNG's filters prepared as PNG",
      `${PLAIN}/DecodeParms<</Predictor 15/Columns 200/Colors 1/BitsPerComponent 8>>`,
      "\u0089PNG",
    ],
    ["colours by a profile", "/ColorSpace[/ICCBased 8 0 R]/BitsPerComponent 8/Filter/FlateDecode", "P5"],
  ])("gives %s", (_case, dictionary, head) => {
    const bytes = deflateSync(Buffer.alloc(3 * WIDTH * HEIGHT));
    const objects = ["<</N 3/Length 0>>stream\n\nendstream"];
    expect(headOf(scan({ dictionary, bytes, objects })?.image).startsWith(head)).toBe(true);
  });

  it("gives black and white as PBM, in which 1 is black", () => {
    const dictionary = "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode";
    const image = scan({ dictionary, bytes: deflateSync(Buffer.alloc(25 * HEIGHT, 0xf0)) })?.image;
    expect(headOf(image).slice(0, 11)).toBe("P4\n200 100\n");
    expect(image?.at(-1)).toBe(0x0f);
  });

  it.each([
    ["an invisible text layer", { content: "BT 3 Tr /F1 9 Tf (Penalty) Tj ET q 72 0 0 36 0 0 cm /Im0 Do Q" }],
    ["text set over it", { content: STAMPED }],
    ["a clip that leaves it whole", { content: "q 0 0 72 36 re W n 72 0 0 36 0 0 cm /Im0 Do Q" }],
    ["its unit stated though it is the usual one", { page: "/UserUnit 1" }],
    ["a link", { page: "/Annots[<</Subtype/Link>>]" }],
    ["several transformations", { content: "q .5 0 0 .5 0 0 cm 144 0 0 72 0 0 cm /Im0 Do Q" }],
  ] as const)("may have %s", (_case, parts) => {
    expect(scan(parts)).not.toBeNull();
  });

  it.each([
    ["is shown turned", { page: "/Rotate 90" }],
    ["has its picture turned", { content: "q 0 36 -72 0 72 0 cm /Im0 Do Q" }],
    ["has its picture upside down", { content: "q 72 0 0 -36 0 36 cm /Im0 Do Q" }],
    ["is cropped", { page: "/CropBox[10 0 72 36]" }],
    ["has its picture clipped", { content: "q 0 0 30 36 re W n 72 0 0 36 0 0 cm /Im0 Do Q" }],
    ["has text under the picture", { content: "BT /F1 9 Tf (Paid) Tj ET q 72 0 0 36 0 0 cm /Im0 Do Q" }],
    ["has text that is shown and text that is not", { content: `${STAMPED} BT 3 Tr (Penalty) Tj ET` }],
    [
      "has letters that are drawings",
      {
        content: STAMPED.replace("F1", "F2"),
        page: "/Resources<</XObject<</Im0 5 0 R>>/Font<</F2 8 0 R>>>>",
        objects: ["<</Type/Font/Subtype/Type3>>"],
      },
    ],
    ["has text that clips what follows", { content: STAMPED.replace("BT", "BT 7 Tr") }],
    ["shows lines over the picture", { content: "q 72 0 0 36 0 0 cm /Im0 Do Q 0 0 72 36 re f" }],
    ["shows two pictures", { content: "q 72 0 0 36 0 0 cm /Im0 Do /Im0 Do Q" }],
    ["shows its picture faintly", { content: "q /GS gs 72 0 0 36 0 0 cm /Im0 Do Q" }],
    ["shows its picture on a layer", { content: "/OC /L BDC q 72 0 0 36 0 0 cm /Im0 Do Q EMC" }],
    ["has a comment", { page: "/Annots[<</Subtype/FreeText>>]" }],
    ["has another unit", { page: "/UserUnit 2" }],
    ["has a coarse picture", { content: "q 720 0 0 360 0 0 cm /Im0 Do Q", page: "/MediaBox[0 0 720 360]" }],
    ["has a mask", { dictionary: `${PLAIN}/SMask 5 0 R` }],
    [
      "has a palette",
      { dictionary: "/ColorSpace[/Indexed/DeviceRGB 1 <000000ffffff>]/BitsPerComponent 1/Filter/FlateDecode" },
    ],
    [
      "has other colours than its JPEG",
      { dictionary: "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", bytes: JPEG },
    ],
    ["has a negative picture", { dictionary: `${PLAIN}/Decode[1 0]` }],
    ["is encrypted", { trailer: "/Encrypt 9 0 R" }],
    ["has two catalogues", { objects: ["<</Type/Catalog/Pages 2 0 R>>"] }],
  ] as const)("is left to painting when it %s", (_case, parts) => {
    const size = "page" in parts && parts.page.includes("720") ? { width: 720, height: 360 } : SIZE;
    expect(ScannedPages.read(pdfWith(parts), 1)?.page(1, size) ?? null).toBeNull();
  });

  it("is of the newest version where the file was saved on top of itself", () => {
    const newer = Buffer.from("\n4 0 obj <</Length 5>>stream\n0 g n\nendstream endobj");
    expect(ScannedPages.read(Buffer.concat([pdfWith({}), newer]), 1)?.page(1, SIZE)).toBeNull();
  });

  it("never hangs or fails otherwise than by an exception, whatever stands in the file", () => {
    const whole = pdfWith({});
    fc.assert(
      fc.property(fc.nat(whole.length), fc.uint8Array({ maxLength: 8 }), fc.nat(20), (at, bytes, gone) => {
        const broken = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + gone)]);
        try {
          const image = ScannedPages.read(broken, 1)?.page(1, SIZE)?.image;
          if (image !== undefined) expect(image.length).toBeGreaterThan(0);
        } catch (error) {
          expect((error as Error).message).toMatch(/incorrect|invalid|unexpected|larger than|output length/iu);
        }
      }),
      { numRuns: 300 },
    );
  });
});
