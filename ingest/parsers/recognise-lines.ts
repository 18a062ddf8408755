import type { Ocr } from "./ocr.ts";
import { joinRow, type TextLine } from "./text-line.ts";

/** An image file and its place on the page. */
export interface PlacedImage {
  readonly image: Uint8Array;
  /** Pixels to the unit of length. */
  readonly scale: number;
  /** Its upper left corner, in units of length. */
  readonly left: number;
  readonly top: number;
  /** Whether it is as the file holds it, in a form that an engine may not read. */
  readonly isOriginal?: boolean;
  /** Whether the page shows text that is not in the image. */
  readonly hasText?: boolean;
}

/** The lines of an image. */
export async function recogniseLines(ocr: Ocr, { image, scale, left, top }: PlacedImage): Promise<readonly TextLine[]> {
  const lines = (await ocr.recognise(image)).map((words) =>
    joinRow(
      words.map((word) => ({
        ...word,
        x: left + word.x / scale,
        y: top + word.y / scale,
        width: word.width / scale,
        height: word.height / scale,
      })),
    ),
  );
  const usual =
    lines.map(({ height }) => height).toSorted((left, right) => left - right)[Math.floor(lines.length / 2)] ?? 1;
  // Recognised lines differ in height by whether they have descenders: only far larger ones are larger in truth.
  return lines
    .filter(({ cells }) => cells.length > 0)
    .map((line) => ({ ...line, height: line.height < 1.45 * usual ? usual : line.height }));
}
