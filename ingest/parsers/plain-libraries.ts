import mammoth from "mammoth";
import { PDFParse } from "pdf-parse";

/*
 * What the libraries make of a file by themselves, without structure, isolation or recognition: the mark that benchmarks measure our
 * parsers against. Nothing else reads files this way.
 */

export async function plainPdfText(bytes: Uint8Array): Promise<string> {
  const parser = new PDFParse({ data: Uint8Array.from(bytes), verbosity: 0 });
  try {
    return (await parser.getText({ pageJoiner: "" })).text;
  } finally {
    await parser.destroy();
  }
}

export async function plainDocxText(bytes: Uint8Array): Promise<string> {
  return (await mammoth.extractRawText({ buffer: Buffer.from(bytes) })).value;
}

/** The first pages as PNG, with `scale` pixels to the point. */
export async function pdfPictures(bytes: Uint8Array, count: number, scale: number): Promise<readonly Uint8Array[]> {
  const parser = new PDFParse({ data: Uint8Array.from(bytes), verbosity: 0 });
  try {
    const { pages } = await parser.getScreenshot({ first: count, scale, imageDataUrl: false });
    return pages.map(({ data }) => Uint8Array.from(data));
  } finally {
    await parser.destroy();
  }
}
