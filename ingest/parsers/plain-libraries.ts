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

interface Drawable {
  readonly canvasFactory: {
    create(width: number, height: number): { readonly canvas: Canvas; readonly context: object };
  };
  getPage(number: number): Promise<{
    getViewport(settings: { readonly scale: number }): { readonly width: number; readonly height: number };
    render(settings: object): { readonly promise: Promise<void> };
  }>;
}
interface Canvas {
  toBuffer(type: "image/jpeg", quality: number): Uint8Array;
}

/** The first pages as JPEG, as a scanner makes them, with `scale` pixels to the point. */
export async function pdfPictures(bytes: Uint8Array, count: number, scale: number): Promise<readonly Uint8Array[]> {
  const parser = new PDFParse({ data: Uint8Array.from(bytes), verbosity: 0 });
  try {
    const document = await (parser as unknown as { load(): Promise<Drawable> }).load();
    const pictures: Uint8Array[] = [];
    for (let number = 1; number <= count; number += 1) {
      const page = await document.getPage(number);
      const viewport = page.getViewport({ scale });
      const { canvas, context } = document.canvasFactory.create(viewport.width, viewport.height);
      await page.render({ canvas, canvasContext: context, viewport }).promise;
      pictures.push(Uint8Array.from(canvas.toBuffer("image/jpeg", 85)));
    }
    return pictures;
  } finally {
    await parser.destroy();
  }
}
